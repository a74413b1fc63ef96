# SPDX-License-Identifier: Apache-2.0
"""`make setup` on a machine that lacks something: one line for each tool, with its package."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SETUP = Path(__file__).resolve().parent.parent / "scripts" / "setup"
TOOLS = ("sh", "dirname", "id", "g++", "gcc", "make", "perl")


def run_without(folder: Path, missing: str, python: str = sys.executable) -> list[str]:
    """Run the script with a PATH that has everything but `missing`; return what it says."""
    for tool in TOOLS:
        found = shutil.which(tool)
        if tool != missing:
            assert found, tool
            (folder / tool).symlink_to(found)
    done = subprocess.run(
        [str(folder / "sh"), str(SETUP)],
        env={"PATH": str(folder), "PYTHON": python},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr.splitlines()


@pytest.mark.parametrize("tool", ["g++", "gcc", "make", "perl"])
def test_missing_tool_is_named_with_its_package(tmp_path: Path, tool: str):
    line = f"setup: {tool} not found: install the package {tool} "
    assert run_without(tmp_path, tool) == [line + f"(Debian/Ubuntu: apt-get install {tool})"]


def test_missing_python_is_named(tmp_path: Path):
    line = "setup: Python 3.11 or newer not found: install the package python3, or set PYTHON"
    assert run_without(tmp_path, missing="", python="no-such-python") == [line]
