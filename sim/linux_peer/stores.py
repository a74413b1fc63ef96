# SPDX-License-Identifier: Apache-2.0
"""The kernel's own stores into rings and buffers, found by looking while it stands still.

They do not cross the bus. What has changed since the last look is told as bytes at bus addresses,
in the order in which virtqueue_add_split() stores them: a buffer's contents, its descriptor, the
avail entry, the avail index, message after message; the avail flags first.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from sim.linux_peer.vhost_device import Memory, Vring

DESCRIPTOR = struct.Struct("<QIHH")
WRITE_FLAG = 2
"""Of a descriptor: the device writes the buffer, the driver has stored nothing in it."""
_ENTRIES = 4

Tell = Callable[[int, bytes], None]


class RingStores:
    """The driver's part of one ring; ``tell(address, data)`` gets bus addresses."""

    def __init__(self, memory: Memory, base: int, ring: Vring, tell: Tell) -> None:
        self._memory = memory
        self._base = base
        self._ring = ring
        self._tell = tell
        self._flags: bytes | None = None
        self._index = 0

    def _read(self, address: int, length: int) -> bytes:
        at = address - self._memory.first
        return bytes(self._memory.data[at : at + length])

    def _told(self, address: int, length: int) -> bytes:
        data = self._read(address, length)
        self._tell(self._base + address, data)
        return data

    def look(self) -> None:
        """Tell what the driver has published since the last look."""
        avail = self._ring.avail
        head = self._read(avail, _ENTRIES)
        if head[:2] != self._flags:
            self._flags = head[:2]
            self._tell(self._base + avail, self._flags)
        target = int.from_bytes(head[2:], "little")
        while self._index != target:
            self._publish(avail)

    def _publish(self, avail: int) -> None:
        """Tell of one message or buffer: all that belongs to it, the index last."""
        entry = avail + _ENTRIES + 2 * (self._index % self._ring.num)
        number = int.from_bytes(self._read(entry, 2), "little") % self._ring.num
        descriptor = (self._ring.desc or 0) + DESCRIPTOR.size * number
        address, length, flags, _ = DESCRIPTOR.unpack(self._read(descriptor, DESCRIPTOR.size))
        if not flags & WRITE_FLAG:
            self._told(address, length)
        self._told(descriptor, DESCRIPTOR.size)
        self._told(entry, 2)
        self._index = (self._index + 1) & 0xFFFF
        self._tell(self._base + avail + 2, self._index.to_bytes(2, "little"))
