# SPDX-License-Identifier: Apache-2.0
"""Feeds the referee with a record stream, whole or in pieces as a run makes it."""

from __future__ import annotations

from sim.records import LAYOUT, WITH_PAYLOAD, Kind
from sim.referee.referee import Referee
from sim.referee.watch import POLLED


class RecordStream:
    """Cuts a stream into records and tells `referee` of them; a clock is `clock_ns`."""

    def __init__(self, referee: Referee, clock_ns: int) -> None:
        self.referee = referee
        self.clock_ns = clock_ns
        self._rest = b""

    def take(self, piece: memoryview | bytes) -> None:
        """Take the next bytes; a record may end in a later piece."""
        data = self._rest + bytes(piece) if self._rest else piece
        at, end, header = 0, len(data), LAYOUT.size
        clock_ns, referee = self.clock_ns, self.referee
        fields, begin, bus = referee.fields, referee.at, referee.bus
        unpack = LAYOUT.unpack_from
        while end - at >= header:
            cycle, _, kind, hart, response, size, address, length, value = unpack(data, at)
            following = at + header
            if kind in WITH_PAYLOAD:
                following += length + 7 & ~7
                if following > end:
                    break
            if kind < Kind.READ:
                field = fields[hart][kind].get(address << 4 | size)
                if field is None or response:
                    content = value.to_bytes(8, "little")[:size]
                    bus(cycle * clock_ns, hart, kind == 1, address, content, response=response)
                elif field is not POLLED:
                    begin(cycle * clock_ns, hart)
                    field[0](field[1], value)
            elif kind <= Kind.WRITE:
                content = bytes(data[at + header : at + header + length])
                bus(cycle * clock_ns, hart, kind == 3, address, content, response=response)
            elif kind in (Kind.START, Kind.STOP):
                referee.reset(cycle * clock_ns, hart, kind == Kind.START)
            at = following
        self._rest = bytes(data[at:])
