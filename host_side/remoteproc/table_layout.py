# SPDX-License-Identifier: Apache-2.0
"""Bytes of a resource table (include/linux/rsc_table.h): packed, little endian."""

from __future__ import annotations

from enum import IntEnum

TABLE_HEADER_SIZE = 16
TABLE_VERSION, TABLE_NUM, TABLE_RESERVED, TABLE_OFFSETS = 0, 4, 8, 16
"""ver, num, two reserved words, then one offset (4 bytes) an entry, from the table's start."""

ENTRY_HEADER_SIZE = 4
"""Each entry starts with its type; the payloads below follow."""

ADDR_ANY = 0xFFFF_FFFF
"""An address that the other side chooses (FW_RSC_ADDR_ANY)."""
NAME_SIZE = 32


class RscType(IntEnum):
    """fw_resource_type."""

    CARVEOUT = 0
    DEVMEM = 1
    TRACE = 2
    VDEV = 3


RSC_LAST = 4
VENDOR_START, VENDOR_END = 128, 512

MEM_SIZE = 52
MEM_DA, MEM_PA, MEM_LEN, MEM_FLAGS, MEM_RESERVED, MEM_NAME = 0, 4, 8, 12, 16, 20
"""Payload of a carveout and of a devmem entry."""

TRACE_SIZE = 44
TRACE_DA, TRACE_LEN, TRACE_RESERVED, TRACE_NAME = 0, 4, 8, 12

VDEV_SIZE = 24
VDEV_ID, VDEV_NOTIFYID, VDEV_DFEATURES, VDEV_GFEATURES, VDEV_CONFIG_LEN = 0, 4, 8, 12, 16
VDEV_STATUS, VDEV_NUM_OF_VRINGS, VDEV_RESERVED, VDEV_VRINGS = 20, 21, 22, 24
"""status and num_of_vrings are one byte each, reserved two."""

VRING_SIZE = 20
VRING_DA, VRING_ALIGN, VRING_NUM, VRING_NOTIFYID, VRING_PA = 0, 4, 8, 12, 16
MAX_VRINGS = 2
"""A vdev has at most that many (RVDEV_NUM_VRINGS)."""


def vring_offset(index: int) -> int:
    """Offset of a vdev's vring entry from the start of the vdev payload."""
    return VDEV_VRINGS + VRING_SIZE * index


def name_text(field: bytes) -> str:
    """A name field up to its NUL."""
    return field.split(b"\0", 1)[0].decode("latin-1")


def signed32(value: int) -> int:
    """What ``%d`` prints of a 32-bit word."""
    return value - (1 << 32) if value & 0x8000_0000 else value
