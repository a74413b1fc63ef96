# SPDX-License-Identifier: Apache-2.0
"""The lanes of a run made from its records as they come, not from its waveform afterwards.

They are the same: what an observer reports has been on the fabric's port, where a waveform is
decoded, a fixed number of clocks before or after.

- An address reaches the observers one clock later where the access windows are in between.
- A register's access is that of the APB behind the bridge: it begins two clocks (a read: one) after
  its address was taken, and its response is taken one clock after its end. One of 64 bits is two.
- A level of an interrupt line is reported one clock after its edge.
- What was refused came to no observer: the hart's request has it, which ends with the response and
  was posted two clocks before its address was taken, on a bus that is free.

A real kernel's own loads and stores cross no port. They are told where it has stood still, without
a duration: the lanes of the link have them, that of its hart's bus has not.
"""

from __future__ import annotations

from operator import itemgetter
from typing import NamedTuple

from sim.boards.model import Board
from sim.decode.bus_access import BusAccess
from sim.decode.link import LinkDecoder
from sim.decode.ring import RingPlace
from sim.decode.traffic import Happening, LineEdge, Reset
from sim.lanes import Lane
from sim.records import LAYOUT, Kind
from sim.referee.interest import Interval
from sim.referee.record_sieve import RecordSieve
from sim.referee.setup_of_board import setup_of
from sim.runs.waves import CLOCK_0_NS, Window
from sim.viewers.access_lanes import VALUE_BYTES, AccessLanes
from sim.viewers.addresses import AddressNames
from sim.viewers.kernel_places import KernelPlaces
from sim.viewers.link_lanes import all_lanes
from sim.viewers.markers import Flaw

MOST = 1_500_000
"""Accesses, of some 11000 echoes; their lanes take 300 MiB of memory."""
ACCESS_WINDOW = "ampsim,access-window"
_EVERYTHING = (Interval(0, 0xFFFF_FFFF, 0xFFFF_FFFF),)
_BRIDGE_READ, _BRIDGE_WRITE, _BRIDGE_END, _LINE, _POSTED = 1, 2, 1, 1, 2
_WORD, _HALVES_APART = 4, 2
_MEMORY_READ, _MEMORY_WRITE = int(Kind.MEMORY_READ), int(Kind.MEMORY_WRITE)
_REGISTER_READ, _REGISTER_WRITE = int(Kind.REGISTER_READ), int(Kind.REGISTER_WRITE)
_STORES = frozenset((Kind.STORE, Kind.WRITE))
_LATEST = 8
"""Clocks after which nothing earlier is reported any more."""
_PLACES, _LINES, _ACCESSES, _SEEN, _RESETS = range(5)
"""What comes first of one time."""
_IN_ORDER = itemgetter(0, 1, 2)
_Placed = tuple[int, int, int, Happening | RingPlace]


class _Word(NamedTuple):
    """A register's access that may be half of one of 64 bits."""

    cycle: int
    span: int
    hart: int
    write: bool
    address: int
    value: int


class RecordedLanes:
    """Takes the record stream of a run, in pieces of any size, of which ``window`` is recorded.

    As in a waveform that is decoded, what began before the window is left out.
    """

    def __init__(self, board: Board, window: Window) -> None:
        self.board = board
        self.addresses = AddressNames(board)
        self.link = LinkDecoder(board)
        self._accesses = AccessLanes(board, self.addresses)
        self._clock_ns = clock_ns = 1_000_000_000 // board.clock_hz
        self._early = any(ACCESS_WINDOW in device.compatible for device in board.devices)
        self._from_ns = window.from_ns
        self._to_ns = window.to_ns
        self._lines = setup_of(board).lines
        self._before: dict[tuple[int, int], _Placed] = {}
        self._rest = b""
        self._half: _Word | None = None
        self._waiting: list[_Placed] = []
        self._places = KernelPlaces(board) if board.real_linux else None
        self._count = 0
        self._sieve = RecordSieve()
        self._sieve.wants(_EVERYTHING)
        self._sieve.wants_no_event()
        # What says where a kernel has its rings may lie before the window.
        first = 0 if self._places else max(self._from_ns - CLOCK_0_NS, 0) // clock_ns
        if window.to_ns is None:
            self._sieve.wants_clocks(first)
        else:
            self._sieve.wants_clocks(first, max(window.to_ns - CLOCK_0_NS, 0) // clock_ns)

    def take(self, piece: memoryview | bytes) -> None:
        """Take the next bytes; a record may end in a later piece."""
        if self.too_many:
            return
        data = self._rest + bytes(piece)
        offsets, at = self._sieve.find(data, 0)
        while offsets:
            self._follow(data, offsets)
            offsets, at = self._sieve.find(data, at)
        self._rest = data[at:]
        if self.too_many:
            self._accesses = AccessLanes(self.board, self.addresses)
            self.link = LinkDecoder(self.board)

    @property
    def too_many(self) -> bool:
        """Tell whether there were more accesses than lanes are made of: see :data:`MOST`."""
        return self._count > MOST

    def finish(self, flaws: list[Flaw]) -> tuple[list[Lane], list[Flaw]]:
        """Return the lanes of the window, and those of the flaws that are in it, in order."""
        if not self.too_many:
            self._whole_word()
            self._tell(None)
        self.link.finish()
        end = self._to_ns
        inside = [
            flaw
            for flaw in sorted(flaws)
            if flaw.time_ns >= self._from_ns and (end is None or flaw.time_ns <= end)
        ]
        return all_lanes(self.link, inside, self._accesses), inside

    def _follow(self, data: bytes, offsets: list[int]) -> None:
        """Take the records at these offsets."""
        unpack, early = LAYOUT.unpack_from, int(self._early)
        cycle = 0
        for at in offsets:
            cycle, span, kind, hart, response, _, address, length, value = unpack(data, at)
            if self._half is not None and cycle - self._half.cycle > _HALVES_APART:
                self._whole_word()
            if _MEMORY_READ <= kind <= _MEMORY_WRITE:
                content = b""
                if length > VALUE_BYTES:
                    first = at + LAYOUT.size
                    content = data[first : first + length]
                    value = int.from_bytes(content[:VALUE_BYTES], "little")
                what = (kind == _MEMORY_WRITE, address, length, value, response)
                self._access(hart, cycle - span - early, cycle, what, content)
            elif _REGISTER_READ <= kind <= _REGISTER_WRITE:
                write = kind == _REGISTER_WRITE
                self._register(_Word(cycle, span, hart, write, address, value), length)
            elif kind == Kind.SOURCE:
                side = self._lines.get((address, hart))
                if side is not None:
                    edge = LineEdge(self._time(cycle - _LINE), side, bool(value))
                    self._put(edge.time_ns, _LINES, side, edge)
            elif kind == Kind.SEEN:
                first = at + LAYOUT.size
                self._seen(hart, cycle, not value, address, data[first : first + length])
            elif kind in (Kind.START, Kind.STOP):
                time = self._time(cycle)
                self._put(time, _RESETS, hart, Reset(time, hart, kind == Kind.START))
            elif response:
                what = (kind in _STORES, address, length, 0, response)
                self._access(hart, cycle - span + _POSTED, cycle, what, bytes(length))
        self._tell(cycle - _LATEST)

    def _time(self, cycle: int) -> int:
        return cycle * self._clock_ns + CLOCK_0_NS

    def _register(self, word: _Word, length: int) -> None:
        """Take an access on the APB: half of one of 64 bits waits for its other half."""
        half, self._half = self._half, None
        if half is not None:
            other = (half.hart, half.write, half.address + _WORD)
            if (word.hart, word.write, word.address) == other:
                self._bridged(half, word.cycle, 2 * _WORD, half.value | word.value << 32)
                return
            self._bridged(half, half.cycle, _WORD, half.value)
        if length == _WORD and word.address % (2 * _WORD) == 0:
            self._half = word
        else:
            self._bridged(word, word.cycle, length, word.value)

    def _whole_word(self) -> None:
        """No other half comes."""
        half, self._half = self._half, None
        if half is not None:
            self._bridged(half, half.cycle, _WORD, half.value)

    def _bridged(self, word: _Word, cycle: int, length: int, value: int) -> None:
        begin = word.cycle - word.span - int(self._early)
        begin -= _BRIDGE_WRITE if word.write else _BRIDGE_READ
        what = (word.write, word.address, length, value, 0)
        self._access(word.hart, begin, cycle + _BRIDGE_END, what, b"")

    def _access(
        self,
        hart: int,
        begin_cycle: int,
        cycle: int,
        what: tuple[bool, int, int, int, int],
        content: bytes,
    ) -> None:
        """Take an access of the window; ``content`` is empty where the value is all of it."""
        begin, end = self._time(begin_cycle), self._time(cycle)
        if self._places is not None and hart == self.link.map.linux:
            self._look_for_rings(self._places, end, what, content)
        if begin <= self._from_ns or (self._to_ns is not None and end > self._to_ns):
            return
        self._count += 1
        self._accesses.add(hart, begin, end, what)
        write, address, length, value, response = what
        if self.link.concerns(address, length):
            data = content or value.to_bytes(VALUE_BYTES, "little")[:length]
            access = BusAccess(end, begin, hart, write, address, data, length, response)
            self._waiting.append((end, _ACCESSES, hart, access))

    def _look_for_rings(
        self,
        places: KernelPlaces,
        end: int,
        what: tuple[bool, int, int, int, int],
        content: bytes,
    ) -> None:
        write, address, length, value, _ = what
        data = content or value.to_bytes(VALUE_BYTES, "little")[:length]
        for place in places.access(end, write, address, data):
            self.addresses.place_ring(place.ring, place.shape)
            self._accesses.forget_names()
            self._put(end, _PLACES, place.ring, place)

    def _seen(self, hart: int, cycle: int, write: bool, address: int, content: bytes) -> None:
        """Take what a real kernel has stored or loaded by then."""
        assert self._places is not None
        pool = self._places.pool(address, content) if write else None
        if pool is not None:
            self.addresses.place_buffers(pool)
            self._accesses.forget_names()
        time = self._time(cycle)
        if time > self._from_ns and (self._to_ns is None or time <= self._to_ns):
            access = BusAccess(time, time, hart, write, address, content, len(content))
            self._waiting.append((time, _SEEN, hart, access))

    def _put(self, time: int, order: int, number: int, item: LineEdge | Reset | RingPlace) -> None:
        """Take a new level or place: of those before the window the last ones count."""
        if time < self._from_ns:
            self._before[order, number] = (self._from_ns, order, number, item)
        elif self._to_ns is None or time <= self._to_ns:
            self._waiting.append((time, order, number, item))

    def _tell(self, cycle: int | None) -> None:
        """Tell the link, in order, of what happened up to that clock, None: of all."""
        waiting = self._waiting
        if waiting and self._before:
            waiting.extend(self._before.values())
            self._before.clear()
        waiting.sort(key=_IN_ORDER)
        until = len(waiting)
        if cycle is not None:
            last = self._time(cycle)
            while until and waiting[until - 1][0] > last:
                until -= 1
        for _, _, _, item in waiting[:until]:
            self.link.take(item)
        del waiting[:until]
