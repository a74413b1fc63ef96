# SPDX-License-Identifier: Apache-2.0
"""rtos_side in the real MicroPython: every module imports and every test passes there too."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from drawn_examples import drawn_examples

# The machines of the tests have megabytes of memory.
HEAP = "64m"

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MICROPYTHON = Path(sys.executable).parent / "micropython"
FOLDERS = [ROOT, HERE, *sorted(path for path in HERE.iterdir() if path.is_dir())]
FOLDERS.append(HERE / "for_micropython" / "modules")

TESTS = sorted(path for path in HERE.rglob("test_*.py") if path != Path(__file__))
MODULES = sorted((ROOT / "rtos_side").rglob("*.py"))


def _micropython(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [MICROPYTHON, "-X", f"heapsize={HEAP}", *arguments],
        cwd=ROOT,
        input=given,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def _module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _test_names(path: Path) -> list[str]:
    functions = [
        node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)
    ]
    return sorted(node.name for node in functions if node.name.startswith("test_"))


def test_interpreter_is_micropython() -> None:
    shown = _micropython("-c", "import sys; print(sys.implementation.name)")
    assert (shown.returncode, shown.stdout) == (0, "micropython\n"), shown


@pytest.mark.parametrize("module", [_module_name(path) for path in MODULES])
def test_module_imports(module: str) -> None:
    shown = _micropython("-c", f"import {module}")
    assert (shown.returncode, shown.stdout) == (0, ""), shown.stdout + shown.stderr


@pytest.mark.parametrize("path", TESTS, ids=[path.stem for path in TESTS])
def test_all_pass_on_micropython(path: Path) -> None:
    """Each test of the file passes, and none is lost on the way.

    Those under Hypothesis are called with examples that it draws here: MicroPython has none.
    """
    expected = [f"ok {path.stem}.{name}" for name in _test_names(path)]
    folders = [str(folder) for folder in FOLDERS]
    examples = drawn_examples(path) if path.stem.endswith("_properties") else ""
    runner = str(HERE / "on_micropython.py")
    shown = _micropython(runner, *folders, "--", path.stem, given=examples)
    lines = shown.stdout.splitlines()
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert expected, f"{path} has no tests"
    assert lines == [*expected, f"{len(expected)} passed, 0 failed"]
