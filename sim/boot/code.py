# SPDX-License-Identifier: Apache-2.0
"""The images of boot stages: what stands for a stage's machine code in storage and in memory.

A stage's behaviour is an object of this package; its image is a header that names the stage, and a
body of as many bytes as wanted. Whoever jumps to an address reads header and body from simulated
memory with its own requests, and the object that runs is the one that was found there. So a stage
that was not loaded, or was damaged on the way, does not run.
"""

from __future__ import annotations

import hashlib
import struct
import zlib

from sim.boot.requests import Steps, read
from sim.firmware.errors import BootError

MAGIC = b"AMPSTAGE"
_JUMP_TO_SELF = 0x0000006F  # what silicon would meet
_HEADER = struct.Struct("<I4x8s16sII")
HEADER_BYTES = _HEADER.size


def make_code(name: str, size: int) -> bytes:
    """Return an image of ``size`` bytes for the stage ``name``; the same for the same arguments."""
    body = hashlib.shake_128(name.encode()).digest(size - HEADER_BYTES)
    crc = zlib.crc32(body, zlib.crc32(name.encode()))
    return _HEADER.pack(_JUMP_TO_SELF, MAGIC, name.encode(), len(body), crc) + body


def find_code(address: int, limit: int, expected: str | None = None) -> Steps[str]:
    """Return the name of the stage at ``address``, whose image lies within ``limit`` bytes.

    BootError when there is none, it is damaged, or it is not the ``expected`` one.
    """
    raw = yield from read(address, HEADER_BYTES)
    _, magic, field, length, crc = _HEADER.unpack(raw)
    where = f"boot code at 0x{address:08x}"
    if magic != MAGIC:
        raise BootError.at(where, f"a stage with magic {MAGIC.hex()}", magic.hex())
    if HEADER_BYTES + length > limit:
        raise BootError.at(where, f"a stage of at most {limit} bytes", f"{HEADER_BYTES + length}")
    name: bytes = field.rstrip(b"\0")
    body = yield from read(address + HEADER_BYTES, length)
    found = zlib.crc32(body, zlib.crc32(name))
    if found != crc:
        raise BootError.at(where, f"CRC-32 {crc:08x}", f"{found:08x}")
    text = name.decode("ascii", "backslashreplace")
    if expected not in (None, text):
        raise BootError.at(where, f"the stage {expected}", text)
    return text
