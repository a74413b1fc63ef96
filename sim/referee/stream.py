# SPDX-License-Identifier: Apache-2.0
"""Feeds the referee with a record stream, whole or in pieces as a run makes it."""

from __future__ import annotations

from sim.records import INLINE, LAYOUT, OBSERVED, WRITES, Kind, payload_bytes
from sim.referee.interest import intervals
from sim.referee.record_sieve import RecordSieve
from sim.referee.referee import Referee


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
        """Tell of these records, up to where other ones begin to matter. -> where to go on."""
        clock_ns, referee, watch = self.clock_ns, self.referee, self.referee.watch
        changes, fields, begin = self._changes, referee.fields, referee.at
        lowest, highest = int(min(OBSERVED)), int(max(OBSERVED))
        unpack = LAYOUT.unpack_from
        for at in offsets:
            cycle, _, kind, hart, _, _, address, length, value = unpack(data, at)
            if lowest <= kind <= highest:
                field = fields[hart][kind & 1].get(address << 4 | length)
                if field is not None and length <= INLINE:
                    begin(cycle * clock_ns, hart)
                    field[0](field[1], value)
                else:
                    self._access(data, at)
                if watch.changes != changes:
                    return at + LAYOUT.size + payload_bytes(kind, length)
            else:
                self._other(data, at)
        return end

    def _access(self, data: bytes, at: int) -> None:
        """An observed access that is not to one field in its own size."""
        cycle, _, kind, hart, _, _, address, length, value = LAYOUT.unpack_from(data, at)
        first = at + LAYOUT.size
        inline = value.to_bytes(INLINE, "little")[:length]
        content = inline if length <= INLINE else data[first : first + length]
        self.referee.bus(cycle * self.clock_ns, hart, kind in WRITES, address, content)

    def _other(self, data: bytes, at: int) -> None:
        """A record of another kind."""
        cycle, _, kind, hart, response, _, address, length, value = LAYOUT.unpack_from(data, at)
        now = cycle * self.clock_ns
        if kind == Kind.EVENT:
            if address in self._events:
                self.referee.event(now, hart, self._events[address], value, length)
        elif kind == Kind.SOURCE:
            self.referee.line(now, (address, hart), bool(value))
        elif kind in (Kind.START, Kind.STOP):
            self.referee.reset(now, hart, kind == Kind.START)
        elif kind == Kind.NAME:
            first = at + LAYOUT.size
            self._name(address, data[first : first + length].decode("ascii", "replace"))
        elif kind == Kind.SEEN:
            first = at + LAYOUT.size
            self.referee.bus(now, hart, not value, address, data[first : first + length])
        elif response:
            write = kind in (Kind.STORE, Kind.WRITE)
            self.referee.bus(now, hart, write, address, bytes(length), response=response)

    def _name(self, number: int, name: str) -> None:
        """Events of that number have that name; keep it if the referee wants them."""
        wanted = name in self.referee.events
        self._sieve.wants_event(number, wanted)
        if wanted:
            self._events[number] = name
