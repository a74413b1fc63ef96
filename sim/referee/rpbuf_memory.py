# SPDX-License-Identifier: Apache-2.0
"""The contents of RPBuf's buffers, byte by byte: written, announced, and not read yet."""

from __future__ import annotations

from sim.referee import rpbuf_rules as rules
from sim.referee.side import Side
from sim.referee.violations import Report

UNREAD, RELEASED = 1, 2
"""What is announced and was not read: to be left alone, or its sender's to change again."""
_RELEASE = bytes((0, RELEASED, RELEASED)) + bytes(253)


class RpbufMemory:
    """The bytes of `region`. Each of its tables has one byte for one of the memory."""

    def __init__(self, region: range, report: Report) -> None:
        self._base = region.start
        self._report = report
        self._content = bytearray(len(region))
        self._written = bytearray(len(region))
        """Written by anyone, and since then not cleared to be allocated."""
        self._told = {side: bytearray(len(region)) for side in Side}
        """Announced by that side, and not written since."""
        self._pending = {side: bytearray(len(region)) for side in Side}
        """Announced to that side: UNREAD or RELEASED, until it is read or written."""

    def clear(self) -> None:
        """Nothing is announced."""
        for table in (*self._told.values(), *self._pending.values()):
            table[:] = bytes(len(table))

    def announced(self, sender: Side, place: range) -> None:
        """A side tells of the data at these addresses."""
        if not place:
            return
        part = self._part(place.start, place.stop)
        blank = self._written.find(0, part.start, part.stop)
        told = self._told[sender]
        if blank >= 0:
            expected = f"{len(place)} bytes that were written"
            found = f"{self._written.count(0, part.start, part.stop)} that were not"
            self._report.add(rules.UNWRITTEN, self._base + blank, expected, found)
        elif told.find(0, part.start, part.stop) < 0:
            expected = "a write since it was announced"
            self._report.add(rules.AGAIN, place.start, expected, f"{len(place)} bytes as before")
        ones = b"\1" * len(place)
        told[part] = ones
        self._pending[sender.other][part] = ones
        self._pending[sender][part] = bytes(len(place))

    def release(self, receiver: Side, place: range) -> None:
        """The sender may change this again, although the receiver has not read all of it."""
        if not place:
            return
        part = self._part(place.start, place.stop)
        pending = self._pending[receiver]
        pending[part] = pending[part].translate(_RELEASE)

    def written(self, side: Side, address: int, data: bytes, *, free: bool) -> None:
        """Bytes are written; `free`: no buffer is there, Linux may be clearing it for one."""
        part = self._part(address, address + len(data))
        for receiver, pending in self._pending.items():
            unread = pending.find(UNREAD, part.start, part.stop)
            if unread >= 0:
                found = f"{len(data)} bytes from {side.name}"
                expected = f"a read of {receiver.name} before"
                self._report.add(rules.OVERWRITTEN, self._base + unread, expected, found)
        zeros = bytes(len(data))
        for table in (*self._told.values(), *self._pending.values()):
            table[part] = zeros
        self._content[part] = data
        cleared = free and data == zeros
        self._written[part] = zeros if cleared else b"\1" * len(data)

    def read(self, side: Side, address: int, data: bytes) -> None:
        """Bytes are read: of what was announced they have to be those that were written."""
        part = self._part(address, address + len(data))
        pending = self._pending[side]
        waiting = pending[part]
        if not any(waiting):
            return
        if self._content[part] != data:
            self._compare(part, waiting, data)
        pending[part] = bytes(len(waiting))

    def _compare(self, part: slice, waiting: bytearray, data: bytes) -> None:
        """Say where the first announced byte is that differs, if one does."""
        for at, announced, read in zip(range(part.start, part.stop), waiting, data, strict=True):
            wrote = self._content[at]
            if announced and self._written[at] and wrote != read:
                expected, found = f"0x{wrote:02x}", f"0x{read:02x}"
                self._report.add(rules.ALTERED, self._base + at, expected, found)
                return

    def _part(self, start: int, stop: int) -> slice:
        """Return these addresses, which lie in the region, as a part of the tables."""
        return slice(start - self._base, stop - self._base)
