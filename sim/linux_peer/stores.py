# SPDX-License-Identifier: Apache-2.0
"""The kernel's own stores into rings and buffers, found by looking while it stands still.

They do not cross the bus. What has changed since the last look is told as bytes at bus addresses,
in the order in which virtqueue_add_split() stores them: a buffer's contents, its descriptor, the
avail entry, the avail index, message after message; the avail flags and the event index first.

Loads leave no trace. But virtio_rpmsg_bus.c offers a receive buffer again when it has handed the
message in it to the endpoint: that it has read the message is told before that, and nothing else.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from sim.linux_peer.vhost_device import Memory, Vring

DESCRIPTOR = struct.Struct("<QIHH")
WRITE_FLAG = 2
"""Of a descriptor: the device writes the buffer, the driver has stored nothing in it."""
_ENTRIES = 4

_LENGTH_AT, _HEADER = 12, 16
"""Of a message: where its header says how long it is, and the header's bytes."""

Tell = Callable[[int, bytes, bool], None]


class RingStores:
    """The driver's part of one ring; ``tell(address, data, loaded)`` gets bus addresses."""

    def __init__(self, memory: Memory, base: int, ring: Vring, tell: Tell) -> None:
        self._memory = memory
        self._base = base
        self._ring = ring
        self._tell = tell
        self._flags: bytes | None = None
        self._event_at = ring.avail + _ENTRIES + 2 * ring.num
        self._event = bytes(2)
        self._index = 0
        self._offered: set[int] = set()

    def _read(self, address: int, length: int) -> bytes:
        at = address - self._memory.first
        return bytes(self._memory.data[at : at + length])

    def _told(self, address: int, length: int, loaded: bool = False) -> None:
        self._tell(self._base + address, self._read(address, length), loaded)

    def look(self) -> None:
        """Tell what the driver has published since the last look."""
        avail = self._ring.avail
        head = self._read(avail, _ENTRIES)
        if head[:2] != self._flags:
            self._flags = head[:2]
            self._told(avail, 2)
        event = self._read(self._event_at, 2)
        if event != self._event:
            self._event = event
            self._told(self._event_at, 2)
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
        elif number in self._offered:
            said = int.from_bytes(self._read(address + _LENGTH_AT, 2), "little")
            self._told(address, min(_HEADER + said, length), loaded=True)
        self._offered.add(number)
        self._told(descriptor, DESCRIPTOR.size)
        self._told(entry, 2)
        self._index = (self._index + 1) & 0xFFFF
        self._tell(self._base + avail + 2, self._index.to_bytes(2, "little"), False)
