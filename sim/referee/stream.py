# SPDX-License-Identifier: Apache-2.0
"""Feeds the referee with a record stream, whole or in pieces as a run makes it."""

from __future__ import annotations

from sim.records import INLINE, LAYOUT, OBSERVED, WITH_PAYLOAD, Kind
from sim.referee.referee import Referee
from sim.referee.watch import POLLED


class RecordStream:
    """Cuts a stream into records and tells `referee` of them; a clock is `clock_ns`.

    What passed on the bus it takes from what was observed on the wires. Of the harts' own requests
    it takes those that were refused: they may never have come to a memory.
    """

    def __init__(self, referee: Referee, clock_ns: int) -> None:
        self.referee = referee
        self.clock_ns = clock_ns
        self._rest = b""
        self._events: dict[int, str] = {}

    def _name(self, number: int, name: bytes) -> None:
        """Events of that number have that name; keep it if the referee wants them."""
        text = name.decode("ascii", "replace")
        if text in self.referee.events:
            self._events[number] = text

    def take(self, piece: memoryview | bytes) -> None:
        """Take the next bytes; a record may end in a later piece."""
        data = self._rest + bytes(piece) if self._rest else piece
        at, end, header = 0, len(data), LAYOUT.size
        clock_ns, referee = self.clock_ns, self.referee
        fields, begin, bus = referee.fields, referee.at, referee.bus
        unpack = LAYOUT.unpack_from
        while end - at >= header:
            cycle, _, kind, hart, response, _, address, length, value = unpack(data, at)
            following = first = at + header
            observed = kind in OBSERVED
            if kind in WITH_PAYLOAD or (observed and length > INLINE):
                following += length + 7 & ~7
                if following > end:
                    break
            if observed:
                if response:
                    pass
                elif length > INLINE:
                    content = bytes(data[first : first + length])
                    bus(cycle * clock_ns, hart, kind & 1 == 1, address, content)
                elif field := fields[hart][kind & 1].get(address << 4 | length):
                    if field is not POLLED:
                        begin(cycle * clock_ns, hart)
                        field[0](field[1], value)
                else:
                    content = value.to_bytes(INLINE, "little")[:length]
                    bus(cycle * clock_ns, hart, kind & 1 == 1, address, content)
            elif kind <= Kind.WRITE:
                if response:
                    write, nothing = kind & 1 == 1, bytes(length)
                    bus(cycle * clock_ns, hart, write, address, nothing, response=response)
            elif kind == Kind.SEEN:
                content = bytes(data[first : first + length])
                bus(cycle * clock_ns, hart, not value, address, content)
            elif kind in (Kind.START, Kind.STOP):
                referee.reset(cycle * clock_ns, hart, kind == Kind.START)
            elif kind == Kind.EVENT:
                name = self._events.get(address)
                if name is not None:
                    referee.event(cycle * clock_ns, hart, name, value, length)
            elif kind == Kind.SOURCE:
                referee.line(cycle * clock_ns, (address, hart), bool(value))
            elif kind == Kind.NAME:
                self._name(address, bytes(data[at + header : at + header + length]))
            at = following
        self._rest = bytes(data[at:])
