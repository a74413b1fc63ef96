# SPDX-License-Identifier: Apache-2.0
"""Feeds the referee with a record stream, whole or in pieces as a run makes it."""

from __future__ import annotations

from sim.records import INLINE, LAYOUT, OBSERVED, Kind, payload_bytes
from sim.referee.interest import intervals
from sim.referee.record_sieve import RecordSieve
from sim.referee.referee import Referee

# Numbers: a look into an enumeration takes as long as a look into a record. An observed record is a
# write when its kind is odd.
_LOWEST, _HIGHEST = int(min(OBSERVED)), int(max(OBSERVED))
_EVENT, _SOURCE = int(Kind.EVENT), int(Kind.SOURCE)


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
        self._sieve = RecordSieve()
        self._changes = -1
        self._sides = referee.setup.masters

    def take(self, piece: memoryview | bytes) -> None:
        """Take the next bytes; a record may end in a later piece."""
        data = self._rest + bytes(piece)
        offsets, at = self._find(data, 0)
        while offsets:
            offsets, at = self._find(data, self._follow(data, offsets, at))
        self._rest = data[at:]

    def _find(self, data: bytes, at: int) -> tuple[list[int], int]:
        """Return where the next records are that matter, and where those behind them begin."""
        watch = self.referee.watch
        if self._changes != watch.changes:
            self._changes = watch.changes
            self._sieve.wants(intervals(watch, self.referee.setup.masters))
        return self._sieve.find(data, at)

    def _follow(self, data: bytes, offsets: list[int], end: int) -> int:
        """Tell of these records, up to where other ones begin to matter. -> where to go on.

        Of all that the referee does for a record this was the largest part: a look at a field is
        made from here, without a call in between.
        """
        clock_ns, referee, watch = self.clock_ns, self.referee, self.referee.watch
        changes, fields, memory, sides = self._changes, referee.fields, referee.memory, self._sides
        report, seen_ns = referee.report, referee.link.deadlines.seen_ns
        unpack = LAYOUT.unpack_from
        for at in offsets:
            cycle, _, kind, hart, _, _, address, length, value = unpack(data, at)
            if _LOWEST <= kind <= _HIGHEST:
                field = fields[hart][kind & 1].get(address << 4 | length)
                if length > INLINE:
                    first = at + LAYOUT.size
                    memory(cycle * clock_ns, hart, kind & 1, address, data[first : first + length])
                elif field is not None:
                    report.time_ns = seen_ns[sides[hart]] = cycle * clock_ns
                    report.hart = hart
                    field[0](field[1], value)
                else:
                    content = value.to_bytes(INLINE, "little")[:length]
                    memory(cycle * clock_ns, hart, kind & 1, address, content)
                if watch.changes != changes:
                    return at + LAYOUT.size + payload_bytes(kind, length)
            elif kind == _EVENT:
                name = self._events.get(address)
                if name is not None:
                    referee.event(cycle * clock_ns, hart, name, value, length)
            elif kind == _SOURCE:
                referee.line(cycle * clock_ns, (address, hart), value != 0)
            else:
                self._other(data, at)
        return end

    def _other(self, data: bytes, at: int) -> None:
        """A record of a rare kind."""
        cycle, _, kind, hart, response, _, address, length, value = LAYOUT.unpack_from(data, at)
        now, payload = cycle * self.clock_ns, data[at + LAYOUT.size : at + LAYOUT.size + length]
        if kind in (Kind.START, Kind.STOP):
            self.referee.reset(now, hart, kind == Kind.START)
        elif kind == Kind.NAME:
            self._name(address, payload.decode("ascii", "replace"))
        elif kind == Kind.SEEN:
            self.referee.bus(now, hart, not value, address, payload)
        elif response:
            write = kind in (Kind.STORE, Kind.WRITE)
            self.referee.bus(now, hart, write, address, bytes(length), response=response)

    def _name(self, number: int, name: str) -> None:
        """Events of that number have that name; keep it if the referee wants them."""
        wanted = name in self.referee.events
        self._sieve.wants_event(number, wanted)
        if wanted:
            self._events[number] = name
