# SPDX-License-Identifier: Apache-2.0
"""The boot header at the start of the code segment: layout, packing, parsing, checking."""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import dataclass

from sim.firmware.errors import BootError

MAGIC = b"AMPRTOS\0"
VERSION = 1
ENTRY = "rtos_side.boot:boot"

# The entry point of the ELF is the first word. A core that would execute it stays there: what boots
# here is the archive behind the header, and the word says so to silicon.
_JUMP_TO_SELF = 0x0000006F

# word, magic, version, header bytes, archive bytes, archive CRC-32, archive SHA-256, entry name
_FIELDS = struct.Struct("<I4x8sIIII32s60s")
_CHECK = struct.Struct("<I")  # CRC-32 of all the fields before it
HEADER_BYTES = _FIELDS.size + _CHECK.size


@dataclass(frozen=True, slots=True)
class BootHeader:
    """What the header says of the archive that follows it."""

    archive_bytes: int
    crc32: int
    sha256: bytes
    entry: str


def make_header(archive: bytes, entry: str = ENTRY) -> bytes:
    """Return the header for `archive`; `entry` is "module:function"."""
    fields = _FIELDS.pack(
        _JUMP_TO_SELF,
        MAGIC,
        VERSION,
        HEADER_BYTES,
        len(archive),
        zlib.crc32(archive),
        hashlib.sha256(archive).digest(),
        entry.encode(),
    )
    return fields + _CHECK.pack(zlib.crc32(fields))


def parse_header(raw: bytes, address: int, limit: int) -> BootHeader:
    """Return the header in `raw`, read from `address`; image and header must fit in `limit` bytes.

    BootError otherwise, at the first of magic, version, check sum and length that is wrong.
    """
    if len(raw) < HEADER_BYTES:
        raise _error(address, f"a boot header of {HEADER_BYTES} bytes", f"{len(raw)} bytes")
    _, magic, version, _, length, crc32, sha256, entry = _FIELDS.unpack_from(raw)
    if magic != MAGIC:
        raise _error(address, f"a boot header with magic {MAGIC.hex()}", magic.hex())
    if version != VERSION:
        raise _error(address, f"boot header version {VERSION}", str(version))
    (found,) = _CHECK.unpack_from(raw, _FIELDS.size)
    expected = zlib.crc32(raw[: _FIELDS.size])
    if found != expected:
        raise _error(address, f"boot header CRC-32 {expected:08x}", f"{found:08x}")
    if HEADER_BYTES + length > limit:
        raise _error(address, f"an image of at most {limit} bytes", f"{HEADER_BYTES + length}")
    return BootHeader(length, crc32, sha256, entry.rstrip(b"\0").decode())


def check_archive(header: BootHeader, archive: bytes, address: int) -> None:
    """Raise BootError unless `archive`, read from `address`, is what the header was made for."""
    if len(archive) != header.archive_bytes:
        raise _error(address, f"an archive of {header.archive_bytes} bytes", f"{len(archive)}")
    crc32 = zlib.crc32(archive)
    if crc32 != header.crc32:
        raise _error(address, f"archive CRC-32 {header.crc32:08x}", f"{crc32:08x}")
    sha256 = hashlib.sha256(archive).digest()
    if sha256 != header.sha256:
        raise _error(address, f"archive SHA-256 {header.sha256.hex()}", sha256.hex())


def _error(address: int, expected: str, found: str) -> BootError:
    return BootError.at(f"firmware at 0x{address:x}", expected, found)
