# SPDX-License-Identifier: Apache-2.0
"""The head that V821's BROM looks for on a medium, and the vendor's check sum over an image.

Layout of boot_file_head_t in the vendor's SPL: jump, magic "eGON.BT0", check sum, length, head
size, head version, return address, run address, CPU, platform.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

MAGIC = b"eGON.BT0"
HEAD_BYTES = 0x100
_STAMP = 0x5F0A6C39  # stands in the check sum's place while it is computed
_FIELDS = struct.Struct("<I8sIII4sIII8s")
_SUM_AT = 12
_BLOCK = 512


class BootHead(NamedTuple):
    """What the BROM reads of a head."""

    check_sum: int
    length: int
    run_address: int


def add_sum(data: bytes | bytearray) -> int:
    """Return the sum of the little-endian words of ``data``, modulo 2^32."""
    words: tuple[int, ...] = struct.unpack(f"<{len(data) // 4}I", data[: len(data) & ~3])
    return sum(words) & 0xFFFFFFFF


def stamped_sum(data: bytes | bytearray, at: int) -> int:
    """Return the check sum of an image whose sum word stands at ``at``."""
    present: int = struct.unpack_from("<I", data, at)[0]
    return (add_sum(data) - present + _STAMP) & 0xFFFFFFFF


def make_boot_image(body: bytes, run_address: int) -> bytes:
    """Return head and body, padded to whole blocks, with the check sum filled in."""
    length = -(-(HEAD_BYTES + len(body)) // _BLOCK) * _BLOCK
    place = (HEAD_BYTES, b"3000", 0, run_address, 0, b"sun300iw")
    head = _FIELDS.pack(HEAD_BYTES, MAGIC, 0, length, *place)
    image = bytearray((head.ljust(HEAD_BYTES, b"\0") + body).ljust(length, b"\0"))
    struct.pack_into("<I", image, _SUM_AT, stamped_sum(image, _SUM_AT))
    return bytes(image)


def parse_head(raw: bytes) -> BootHead | None:
    """Return the head at the start of ``raw``; None when there is none."""
    _, magic, check_sum, length, _, _, _, run_address, _, _ = _FIELDS.unpack_from(raw)
    return BootHead(check_sum, length, run_address) if magic == MAGIC else None


def image_sum(image: bytes) -> int:
    """Return the check sum that the head of ``image`` has to carry."""
    return stamped_sum(image, _SUM_AT)
