# SPDX-License-Identifier: Apache-2.0
"""Feeds the referee with the bytes of a record stream as they come, in a run that goes on."""

from __future__ import annotations

from sim.records import LAYOUT, WITH_PAYLOAD, Kind
from sim.referee.referee import Referee


class RecordStream:
    """Cuts pieces of a stream into records; what the referee does not look at is passed over."""

    def __init__(self, referee: Referee) -> None:
        self.referee = referee
        self._rest = b""

    def take(self, piece: memoryview | bytes) -> None:
        """Take the next bytes; a record may end in a later piece."""
        data = self._rest + bytes(piece) if self._rest else piece
        at, end, header = 0, len(data), LAYOUT.size
        watches, bus, unpack = self.referee.watches, self.referee.bus, LAYOUT.unpack_from
        while end - at >= header:
            cycle, _, kind, hart, response, size, address, length, value = unpack(data, at)
            following = at + header
            if kind in WITH_PAYLOAD:
                following += length + 7 & ~7
                if following > end:
                    break
            if kind <= Kind.WRITE:
                if watches(address):
                    if kind < Kind.READ:
                        content = value.to_bytes(8, "little")[:size]
                    else:
                        content = bytes(data[at + header : at + header + length])
                    bus(cycle, hart, kind, address, content, response=response)
            elif kind in (Kind.START, Kind.STOP):
                self.referee.reset(cycle, hart, kind)
            at = following
        self._rest = bytes(data[at:])
