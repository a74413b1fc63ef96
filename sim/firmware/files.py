# SPDX-License-Identifier: Apache-2.0
"""Reads a firmware file into memory, if it can be one; writes files whole or not at all."""

from __future__ import annotations

from pathlib import Path

from sim.firmware.errors import FirmwareError
from sim.whole_file import make_folder, whole_file

MAX_FILE_BYTES = 64 << 20  # the DRAM of a V821; no firmware of either board comes near it


def read_file(path: Path) -> bytes:
    """Return a file's bytes; FirmwareError when it is unreadable or larger than the memory."""
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise FirmwareError.at(
                str(path), f"a file of at most {MAX_FILE_BYTES} bytes", f"{size}"
            )
        return path.read_bytes()
    except OSError as error:
        found = error.strerror or "none"
        raise FirmwareError.at(str(path), "a readable firmware file", found) from None


def write_file(out: Path, data: bytes) -> None:
    """Write into a folder that is made where it is missing; a reader never sees half a file."""
    make_folder(out.parent)
    with whole_file(out) as file:
        file.write(data)
