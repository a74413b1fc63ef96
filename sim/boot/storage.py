# SPDX-License-Identifier: Apache-2.0
"""Simulated storage: media with their contents, partitions on them, and the chip's eFuses.

The controllers of the media are no RTL of this bench: a stage reads a medium directly, and whatever
it read goes into memory through the bus.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sim.firmware.errors import BootError

SECTOR = 512


class Kind(StrEnum):
    """The media, in the order in which V821's BROM looks at them (seed 002)."""

    SD = "sd"
    EMMC = "emmc"
    SPI_NOR = "spi-nor"
    SPI_NAND = "spi-nand"


@dataclass(frozen=True)
class Medium:
    """One medium: its contents from address 0 on; what lies behind them is erased (0xff)."""

    kind: Kind
    contents: bytes

    def read(self, offset: int, length: int) -> bytes:
        """Return ``length`` bytes from ``offset``."""
        return self.contents[offset : offset + length].ljust(length, b"\xff")


@dataclass(frozen=True)
class Storage:
    """What a board boots from: media by kind, and what its eFuses say."""

    media: Mapping[Kind, Medium]
    secure: bool = False
    rotpk: bytes = field(default=bytes(32))  # SHA-256 of the root key; zeros: not burnt


# Partition table: sunxi_mbr of the vendor's tools, one copy. CRC-32 over all that follows it.
MBR_OFFSET = 0x100000
MBR_BYTES = 16384
_MAGIC = b"softw411"
_VERSION = 0x200
_HEAD = struct.Struct("<II8sIIII")
_PARTITION = struct.Struct("<IIII16s16sIII68x")
_MAX_PARTITIONS = (MBR_BYTES - _HEAD.size) // _PARTITION.size


@dataclass(frozen=True, slots=True)
class Partition:
    """A named range of a medium, in bytes; its size is a whole number of sectors."""

    name: str
    offset: int
    size: int


def pack_partitions(partitions: list[Partition]) -> bytes:
    """Return the partition table; places are written in sectors behind the table's start."""
    body = b""
    for item in partitions:
        at, size = divmod((item.offset - MBR_OFFSET) // SECTOR, 1 << 32), item.size // SECTOR
        body += _PARTITION.pack(*at, 0, size, b"DISK", item.name.encode(), 0, 0, 0)
    head = _HEAD.pack(0, _VERSION, _MAGIC, 1, 0, len(partitions), 0)
    table = (head + body).ljust(MBR_BYTES, b"\0")
    return struct.pack("<I", zlib.crc32(table[4:])) + table[4:]


def read_partitions(medium: Medium, stage: str) -> list[Partition]:
    """Return the partitions of a medium; BootError when its table is damaged."""
    table = medium.read(MBR_OFFSET, MBR_BYTES)
    crc, _, magic, _, _, count, _ = _HEAD.unpack_from(table)
    where = f"{stage}: partition table of {medium.kind}"
    if magic != _MAGIC:
        raise BootError.at(where, f"magic {_MAGIC.hex()}", magic.hex())
    found = zlib.crc32(table[4:])
    if found != crc:
        raise BootError.at(where, f"CRC-32 {crc:08x}", f"{found:08x}")
    if count > _MAX_PARTITIONS:
        raise BootError.at(where, f"at most {_MAX_PARTITIONS} partitions", str(count))
    return [_partition(table, n) for n in range(count)]


def _partition(table: bytes, number: int) -> Partition:
    fields = _PARTITION.unpack_from(table, _HEAD.size + number * _PARTITION.size)
    at, size = fields[0] << 32 | fields[1], fields[2] << 32 | fields[3]
    name = fields[5].rstrip(b"\0").decode("ascii", "backslashreplace")
    return Partition(name, MBR_OFFSET + at * SECTOR, size * SECTOR)


def read_partition(medium: Medium, name: str, stage: str) -> bytes:
    """Return the contents of a partition; BootError when the medium has none of that name."""
    partitions = read_partitions(medium, stage)
    for item in partitions:
        if item.name == name:
            return medium.read(item.offset, item.size)
    names = ", ".join(item.name for item in partitions) or "none"
    raise BootError.at(f"{stage}: {medium.kind}", f"a partition {name}", names)
