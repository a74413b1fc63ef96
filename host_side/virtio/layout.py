# SPDX-License-Identifier: Apache-2.0
"""Bytes of a split vring: offsets, flags and alignment (include/uapi/linux/virtio_ring.h).

All fields are little endian: legacy virtio order is the CPU's, and the host is RISC-V.
"""

from __future__ import annotations

from typing import NamedTuple

DESC_SIZE = 16
DESC_ADDR, DESC_LEN, DESC_FLAGS, DESC_NEXT = 0, 8, 12, 14
"""vring_desc: addr 8 bytes, len 4, flags 2, next 2."""
DESC_F_NEXT, DESC_F_WRITE, DESC_F_INDIRECT = 1, 2, 4

RING_FLAGS, RING_IDX, RING_ENTRIES = 0, 2, 4
"""Both rings start with flags (2 bytes) and idx (2 bytes)."""
AVAIL_ENTRY_SIZE = 2
USED_ENTRY_SIZE = 8
USED_ID, USED_LEN = 0, 4
"""vring_used_elem: id 4 bytes, len 4."""

USED_F_NO_NOTIFY = 1
AVAIL_F_NO_INTERRUPT = 1

F_RING_INDIRECT_DESC, F_RING_EVENT_IDX, F_VERSION_1 = 28, 29, 32
"""Feature bit numbers."""


class VringLayout(NamedTuple):
    """Addresses of the parts of one vring; ``size`` in bytes, ``stride`` rounded up to align."""

    num: int
    desc: int
    avail: int
    used_event: int
    used: int
    avail_event: int
    size: int
    stride: int


def align_up(value: int, align: int) -> int:
    """The next multiple of ``align`` (a power of two) at or above ``value``."""
    return (value + align - 1) & ~(align - 1)


def vring_layout(num: int, align: int, base: int = 0, avail_aligned: bool = False) -> VringLayout:
    """Lay out a vring as vring_init() does.

    The used ring is aligned as an address, behind the 2-byte used_event. StarFive's patched trees
    align the avail ring too (``avail_aligned``), which a standard virtio layout cannot read.
    """
    avail = base + DESC_SIZE * num
    if avail_aligned:
        avail = align_up(avail, align)
    used_event = avail + RING_ENTRIES + AVAIL_ENTRY_SIZE * num
    used = align_up(used_event + 2, align)
    avail_event = used + RING_ENTRIES + USED_ENTRY_SIZE * num
    size = avail_event + 2 - base
    return VringLayout(num, base, avail, used_event, used, avail_event, size, align_up(size, align))


def vring_size(num: int, align: int) -> int:
    """Bytes of a vring at an aligned address: an ``unsigned int`` that wraps at 2^32, as in C."""
    size = align_up(DESC_SIZE * num + AVAIL_ENTRY_SIZE * (3 + num), align)
    return (size + 3 * AVAIL_ENTRY_SIZE + USED_ENTRY_SIZE * num) & 0xFFFF_FFFF


def need_event(event: int, new: int, old: int) -> bool:
    """vring_need_event(): with EVENT_IDX, notify when ``event`` lies in [old, new) (u16)."""
    return (new - event - 1) & 0xFFFF < (new - old) & 0xFFFF
