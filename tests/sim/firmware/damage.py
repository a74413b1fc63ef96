# SPDX-License-Identifier: Apache-2.0
"""Damages firmware files: cut, bits flipped in headers and tables, sizes near 2^32."""

from __future__ import annotations

import random
import struct

from mcu_file import GOOD, PHOFF, SHOFF, TABLE_AT

from sim.firmware.elf_layout import ELF32

HEADERS = [
    *range(ELF32.header_bytes),
    *range(PHOFF, PHOFF + 3 * ELF32.program_bytes),
    *range(SHOFF, SHOFF + 6 * ELF32.section_bytes),
    *range(TABLE_AT, TABLE_AT + 200),
]
HUGE = (0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFF000, 0x80000000, 0x7FFFFFFF, 0xFFFFFFFF - 0x1000 + 1)


def damaged(seed: int) -> bytes:
    """Return the file that belongs to a seed."""
    chance = random.Random(seed)
    data = bytearray(GOOD)
    for _ in range(chance.randint(1, 4)):
        kind = chance.randrange(4)
        if kind == 0:
            at = chance.choice(HEADERS)
            data[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            at = chance.choice(HEADERS) & ~3
            struct.pack_into("<I", data, at, chance.choice(HUGE))
        elif kind == 2:
            at = chance.choice(HEADERS) & ~3
            struct.pack_into("<I", data, at, chance.getrandbits(32))
        else:
            at = chance.choice(HEADERS) & ~1
            struct.pack_into("<H", data, at, chance.choice((0, 1, 0xFFFF, 0xFFFE, 0x8000)))
    if chance.random() < 0.3:
        del data[chance.randrange(len(data)) :]
    return bytes(data)
