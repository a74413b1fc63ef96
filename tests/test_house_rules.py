# SPDX-License-Identifier: Apache-2.0
"""The rules of the house: imports, one idea a file, one place for an address, RTL style."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from sim.boards import list_boards, load_board
from sim.boards.views import rtl_parameters

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("rtos_side", "host_side", "hdl_models", "sim")
FOLDERS = (*PACKAGES, "tests", "scripts", "docs", ".ci")
TOP_FILES = ("README.md", "Makefile", "pyproject.toml", "constraints.txt")
MAX_LINES = 500
MAX_COLUMNS = 100
COMMENTED = {".py", ".sv", ".svh", ".rdl", ".c", ".h", ".cpp", ".dts"}

# What each package may not import; rtos_side has a stricter rule of its own.
FORBIDDEN = {
    "host_side": {"cocotb", "sim", "rtos_side", "hdl_models", "tests"},
    "hdl_models": {"cocotb", "sim", "rtos_side", "host_side", "tests"},
    "sim": {"rtos_side", "tests"},
}


def files(*folders: str, suffix: str = "") -> list[Path]:
    """Return the project's own files below the folders, without caches."""
    found = [path for folder in folders for path in (ROOT / folder).rglob(f"*{suffix}")]
    return sorted(path for path in found if path.is_file() and "__pycache__" not in path.parts)


def python_files(*folders: str) -> list[Path]:
    return files(*folders, suffix=".py")


PICTURES = (".png",)


def all_files() -> list[Path]:
    tops = [ROOT / name for name in TOP_FILES if (ROOT / name).exists()]
    return [*(file for file in files(*FOLDERS) if file.suffix not in PICTURES), *tops]


def short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(text(path), str(path))


def imported(path: Path) -> Iterator[tuple[int, str, bool]]:
    """Yield (line, module, optional) of each import; optional: ImportError is caught."""
    optional = {
        id(inner)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Try) and any(_catches_import_error(h) for h in node.handlers)
        for part in (*node.body, *(line for handler in node.handlers for line in handler.body))
        for inner in ast.walk(part)
    }
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, id(node) in optional
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.lineno, node.module or "", id(node) in optional


def _catches_import_error(handler: ast.ExceptHandler) -> bool:
    return isinstance(handler.type, ast.Name) and handler.type.id == "ImportError"


@cache
def micropython_modules() -> frozenset[str]:
    """Return the modules that the real interpreter has, as it lists them itself."""
    program = shutil.which("micropython", path=str(Path(sys.executable).parent)) or "micropython"
    command = [program, "-c", "help('modules')"]
    listing = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return frozenset(word.partition("/")[0] for word in listing.split())


def no_faults(faults: list[str]) -> None:
    assert not faults, "\n" + "\n".join(faults)


# Imports ==========================================================================================


def test_rtos_side_imports_itself_and_what_micropython_has():
    allowed = {"rtos_side", *micropython_modules()}
    assert "struct" in allowed
    no_faults(
        [
            f"{short(path)}:{line}: imports {name}"
            for path in python_files("rtos_side")
            for line, name, optional in imported(path)
            if name.partition(".")[0] not in allowed and not optional
        ]
    )


@pytest.mark.parametrize("package", sorted(FORBIDDEN))
def test_package_keeps_to_its_side(package: str):
    no_faults(
        [
            f"{short(path)}:{line}: imports {name}"
            for path in python_files(package)
            for line, name, _ in imported(path)
            if name.partition(".")[0] in FORBIDDEN[package]
        ]
    )


def functions(package: str) -> dict[str, str]:
    """Return body -> place of the package's functions that are long enough to have been copied."""
    found = {}
    for path in python_files(package):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = ast.unparse(ast.Module(body=node.body, type_ignores=[]))
                if body.count("\n") >= 5:
                    found[body] = f"{short(path)}:{node.lineno}"
    return found


def test_sides_and_referee_share_no_function():
    """A mistake made once must not be able to hide on both sides and in the referee."""
    packages = [functions(name) for name in ("rtos_side", "host_side", "sim")]
    no_faults(
        [
            f"{one[body]} and {other[body]}: the same function"
            for n, one in enumerate(packages)
            for other in packages[n + 1 :]
            for body in one.keys() & other.keys()
        ]
    )


def test_rtos_side_has_no_annotations_and_no_docstrings():
    faults = []
    for path in python_files("rtos_side"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.AnnAssign) or (isinstance(node, ast.arg) and node.annotation):
                faults.append(f"{short(path)}:{node.lineno}: annotation")
            is_definition = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            if is_definition and ast.get_docstring(node):
                faults.append(f"{short(path)}:{node.lineno}: docstring")
    no_faults(faults)


# Files ============================================================================================


def test_no_file_is_longer_than_its_idea():
    code = [path for path in files(*FOLDERS) if path.suffix in COMMENTED]
    counts = {path: text(path).count("\n") for path in code}
    no_faults([f"{short(path)}: {n} lines" for path, n in counts.items() if n > MAX_LINES])


def test_helpers_and_tests_have_names_of_their_own():
    """pytest imports a test and its helpers by the file's name alone."""
    seen: dict[str, Path] = {}
    for file in sorted((ROOT / "tests").rglob("*.py")):
        if file.name != "conftest.py":
            assert file.name not in seen, f"{file} and {seen[file.name]}"
            seen[file.name] = file


def test_files_start_with_licence_and_purpose():
    """Line 1 is the SPDX line, the next one that is not empty says what the file is for."""
    faults = []
    for path in files(*FOLDERS):
        if path.suffix not in COMMENTED:
            continue
        lines = [line for line in text(path).splitlines() if line.strip()]
        if not lines or "SPDX-License-Identifier: Apache-2.0" not in lines[0]:
            faults.append(f"{short(path)}: no SPDX line")
        elif len(lines) > 1 and not lines[1].startswith(("#", "//", '"""', "/*", " *")):
            faults.append(f"{short(path)}: no purpose behind the SPDX line")
    no_faults(faults)


def test_scripts_start_with_licence():
    scripts = [path for path in files("scripts", ".ci") if not path.suffix]
    assert scripts
    no_faults([short(path) for path in scripts if "SPDX" not in text(path).splitlines()[1]])


def test_nothing_of_a_machine_is_in_the_tree():
    """No host of a package registry, no path of one machine: setup works anywhere."""
    hosts = [
        r"py" r"pi\.org",
        r"python" r"hosted\.org",
        r"debian\.org",
        r"ubuntu\.com",
        r"npm" r"js\.(org|com)",
    ]
    paths = r"(?<![\w.$}~-])/(?:work|root|home|tmp|farm)/"
    pattern = re.compile("|".join([*hosts, paths]))
    no_faults(
        [
            f"{short(path)}:{number}: {line.strip()}"
            for path in all_files()
            if path != Path(__file__).resolve()
            for number, line in enumerate(text(path).splitlines(), 1)
            if pattern.search(line)
        ]
    )


def test_nothing_is_left_for_later():
    words = re.compile(r"\b(TODO|FIXME|XXX)\b")
    no_faults(
        [
            f"{short(path)}:{number}: {line.strip()}"
            for path in files(*PACKAGES)
            for number, line in enumerate(text(path).splitlines(), 1)
            if words.search(line)
        ]
    )


# One place for each address =======================================================================


def board_addresses() -> dict[int, str]:
    """Return the base addresses of every board, but powers of two: they mean other things too."""
    found = {}
    for name in list_boards():
        board = load_board(name)
        regions = [*board.memory, *board.reserved, *(device.region for device in board.devices)]
        found.update({region.base: region.path for region in regions})
    return {base: path for base, path in found.items() if base.bit_count() > 1}


def test_software_has_no_address_of_its_own():
    addresses = board_addresses()
    assert 0x6E410000 in addresses
    no_faults(
        [
            f"{short(path)}:{node.lineno}: the address of {addresses[node.value]}"
            for path in python_files(*PACKAGES)
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Constant) and type(node.value) is int
            if node.value in addresses
        ]
    )


def test_rtl_has_only_defaults_that_agree_with_a_board():
    """The SoC top may name a board's addresses as defaults, for who elaborates it without us."""
    addresses = board_addresses()
    given = {(k, v) for name in list_boards() for k, v in rtl_parameters(load_board(name)).items()}
    names = {name for name, _ in given}
    faults = []
    for path in files("hdl_models", suffix=".sv"):
        for line in text(path).splitlines():
            default = re.match(r"\s*parameter\b.*?(\w+)\s*=\s*32'h(\w+)", line)
            if default and default[1] in names:
                if (default[1], int(default[2], 16)) not in given:
                    faults.append(f"{short(path)}: {line.strip()}: not the board's")
                continue
            for literal in re.findall(r"'h([0-9a-fA-F_]+)", line):
                if int(literal.replace("_", ""), 16) in addresses:
                    faults.append(f"{short(path)}: {line.strip()}: a board's address")
    no_faults(faults)


# RTL ==============================================================================================


def test_rtl_file_holds_one_module_of_its_name():
    modules = {
        path: re.findall(r"^\s*module\s+(\w+)", text(path), re.MULTILINE)
        for path in files("hdl_models", suffix=".sv")
    }
    assert modules
    no_faults([f"{short(p)}: {names}" for p, names in modules.items() if names != [p.stem]])


def test_rtl_declares_every_net():
    """`default_nettype none` first and `wire` last, so that a user's own files are left alone."""
    faults = []
    for path in files("hdl_models", suffix=".sv"):
        code = [line.strip() for line in text(path).splitlines()]
        code = [line for line in code if line and not line.startswith("//")]
        if code[0] != "`default_nettype none" or code[-1] != "`default_nettype wire":
            faults.append(f"{short(path)}: {code[0]} ... {code[-1]}")
    no_faults(faults)


def test_rtl_fits_the_page():
    no_faults(
        [
            f"{short(path)}:{number}: {len(line)} columns"
            for suffix in (".sv", ".svh", ".rdl")
            for path in files("hdl_models", suffix=suffix)
            for number, line in enumerate(text(path).splitlines(), 1)
            if len(line) > MAX_COLUMNS or "\t" in line
        ]
    )
