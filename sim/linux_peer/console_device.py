# SPDX-License-Identifier: Apache-2.0
"""A virtio console for the kernel's shell: queue 0 takes what is typed, 1 what it prints.

It is a cable of the bench, not of the board: it works on the kernel's memory directly, while the
kernel stands still, and takes no simulated time.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

from sim.linux_peer.vhost_device import VhostDevice, Vring

VIRTIO_ID_CONSOLE = 3
VIRTIO_F_VERSION_1 = 1 << 32
INPUT, OUTPUT = 0, 1
_DESCRIPTOR = struct.Struct("<QIHH")
_USED = struct.Struct("<II")
_ENTRIES = 4


class ConsoleDevice(VhostDevice):
    """The device. ``listener`` is called with each byte that is printed; :meth:`send` types."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, 2, VIRTIO_F_VERSION_1)
        self.listener: Callable[[int], None] | None = None
        self._typed = bytearray()
        self._taken = [0, 0]

    def send(self, data: bytes) -> None:
        """Type ``data``; it goes in when the kernel next stands still."""
        self._typed += data

    def disconnect(self) -> None:
        """Close the connection; the next driver begins with empty rings."""
        super().disconnect()
        self._taken = [0, 0]

    def printed(self) -> None:
        """Take all that the kernel has put into the output queue."""
        while (found := self._next(self.vrings[OUTPUT])) is not None:
            head, address, length = found
            for byte in self._read(address, length):
                if self.listener is not None:
                    self.listener(byte)
            self._give_back(self.vrings[OUTPUT], head, 0)

    def type(self) -> bool:
        """Put what was typed into the input queue. -> whether the kernel is to be told."""
        told = False
        while self._typed and self.connected and self.vrings[INPUT].desc is not None:
            found = self._next(self.vrings[INPUT])
            if found is None:
                break
            head, address, length = found
            piece = bytes(self._typed[:length])
            del self._typed[:length]
            self._write(address, piece)
            self._give_back(self.vrings[INPUT], head, len(piece))
            told = True
        return told

    def _next(self, ring: Vring) -> tuple[int, int, int] | None:
        """Take the next buffer that the driver offers: (head, address, bytes)."""
        taken = self._taken[ring.index]
        if int.from_bytes(self._read(ring.avail + 2, 2), "little") == taken:
            return None
        entry = ring.avail + _ENTRIES + 2 * (taken % ring.num)
        head = int.from_bytes(self._read(entry, 2), "little")
        place = (ring.desc or 0) + _DESCRIPTOR.size * head
        address, length, _, _ = _DESCRIPTOR.unpack(self._read(place, _DESCRIPTOR.size))
        self._taken[ring.index] = (taken + 1) & 0xFFFF
        return head, address, length

    def _give_back(self, ring: Vring, head: int, length: int) -> None:
        index = int.from_bytes(self._read(ring.used + 2, 2), "little")
        at = ring.used + _ENTRIES + _USED.size * (index % ring.num)
        self._write(at, _USED.pack(head, length))
        self._write(ring.used + 2, ((index + 1) & 0xFFFF).to_bytes(2, "little"))

    def _read(self, address: int, length: int) -> bytes:
        assert self.memory is not None
        at = address - self.memory.first
        return bytes(self.memory.data[at : at + length])

    def _write(self, address: int, data: bytes) -> None:
        assert self.memory is not None
        at = address - self.memory.first
        self.memory.data[at : at + len(data)] = data
