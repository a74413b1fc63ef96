# SPDX-License-Identifier: Apache-2.0
"""Modules that are kept from an earlier process are those that Python would import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

IMPORT = "from sim import kept_modules; kept_modules.install('test'); import bakery.oven as oven; "
SHOW = "print(type(oven.__loader__).__name__, oven.__file__, oven.__package__, oven.bake())"
SAVE = "; kept_modules.save()"
OVEN = "def bake():\n    return {}\n"


@pytest.fixture
def oven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AMPSIM_CACHE", str(tmp_path / "cache"))
    root = str(Path(__file__).parents[2])
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{root}")
    package = tmp_path / "bakery"
    package.mkdir()
    (package / "__init__.py").touch()
    file = package / "oven.py"
    file.write_text(OVEN.format("'bread'"))
    return file


def python(code: str) -> str:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_second_process_has_it_from_the_first(oven: Path):
    assert python(IMPORT + SHOW) == f"SourceFileLoader {oven} bakery bread"  # nothing saved yet
    assert python(IMPORT + SHOW + SAVE) == f"SourceFileLoader {oven} bakery bread"
    assert python(IMPORT + SHOW) == f"_Loader {oven} bakery bread"


def test_changed_source_is_imported_anew(oven: Path):
    python(IMPORT + SHOW + SAVE)
    oven.write_text(OVEN.format("'rolls and pretzels'"))
    assert python(IMPORT + SHOW + SAVE) == f"SourceFileLoader {oven} bakery rolls and pretzels"
    assert python(IMPORT + SHOW) == f"_Loader {oven} bakery rolls and pretzels"


def test_source_that_is_gone_is_missed(oven: Path):
    python(IMPORT + SHOW + SAVE)
    oven.unlink()
    code = f"try: {IMPORT}\nexcept ImportError as error: print(error)"
    assert python(code) == "No module named 'bakery.oven'"


def test_traceback_shows_the_source(oven: Path):
    oven.write_text(OVEN.format("1 / 0"))
    python(IMPORT + SAVE.removeprefix("; "))
    code = "import traceback\ntry: oven.bake()\nexcept ArithmeticError: traceback.print_exc(file=1)"
    shown = python(f"{IMPORT}\n{code}".replace("file=1", "file=__import__('sys').stdout"))
    assert f'File "{oven}", line 2, in bake\n    return 1 / 0' in shown


@pytest.mark.parametrize("damage", [b"", b"no marshal", None])
def test_damaged_file_costs_time_only(oven: Path, damage: bytes | None):
    python(IMPORT + SAVE.removeprefix("; "))
    (kept,) = (oven.parents[1] / "cache" / "kept-modules").iterdir()
    kept.write_bytes(kept.read_bytes()[:-7] if damage is None else damage)
    assert python(IMPORT + SHOW) == f"SourceFileLoader {oven} bakery bread"


def test_cache_that_cannot_be_written(oven: Path):
    (oven.parents[1] / "cache").write_text("a file in the place of the folder")
    assert python(IMPORT + SHOW + SAVE) == f"SourceFileLoader {oven} bakery bread"
