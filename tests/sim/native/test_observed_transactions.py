# SPDX-License-Identifier: Apache-2.0
"""What the observers report becomes records of contiguous bytes, in an order of its own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.build.native import build_core_port
from sim.ports import library as native
from sim.records import Kind, Record, read_records

CLOCKS = count(1_000_000, 10)
"""Of the examples: the core port's clock never goes back."""
REGISTERS = 1 << 17


class Reported(NamedTuple):
    """A transaction as an observer reports it: (data, strobes) of each beat."""

    channel: int
    registers: bool
    master: int
    response: int
    size: int
    address: int
    beats: list[tuple[int, int]]

    @property
    def write(self) -> bool:
        return bool(self.channel & 1)

    @property
    def width(self) -> int:
        return 4 if self.registers else 8

    def bytes(self) -> dict[int, int]:
        """Each byte that is moved, by its address."""
        moved = {}
        for number, (data, strobes) in enumerate(self.beats):
            first = (self.address & -self.size) + number * self.size if number else self.address
            base = first & -self.width
            end = (first & -self.size) + self.size
            for lane in range(self.width):
                asked = strobes >> lane & 1 if self.write else first <= base + lane < end
                if asked:
                    moved[base + lane] = data >> 8 * lane & 0xFF
        return moved

    def records(self, clock: int, begin: int) -> list[Record]:
        """What the stream should say of it."""
        runs: list[list[int]] = []
        moved = self.bytes()
        for address in sorted(moved):
            if runs and runs[-1][-1] + 1 == address:
                runs[-1].append(address)
            else:
                runs.append([address])
        kind = Kind.REGISTER_READ if self.registers else Kind.MEMORY_READ
        kind = Kind(kind + self.write)
        head = (clock, clock - begin, kind, self.master, self.response, self.size)
        found = []
        for run in runs or [[]]:
            data = bytes(moved[address] for address in run)
            value = int.from_bytes(data, "little") if len(data) <= 8 else 0
            where = run[0] if run else self.address
            payload = data if len(data) > 8 else b""
            found.append(Record(*head, where, len(data), value, payload))
        return found


@st.composite
def transactions(draw: st.DrawFn, channel: int) -> Reported:
    """A transaction with any strobes in the lanes of its beats."""
    registers = channel >= 8
    size = 4 if registers else draw(st.sampled_from((1, 2, 4, 8)))
    beats = 1 if registers else draw(st.sampled_from((1, 1, 1, 2, 3, 16, 256)))
    skew = 0 if registers else draw(st.integers(0, size - 1))
    address = draw(st.integers(0, 0xFFFF)) * 4096 + 8 * draw(st.integers(0, 200))
    address += size * draw(st.integers(0, 8 // size - 1)) + skew
    chosen = []
    for number in range(beats):
        first = (address & -size) + number * size
        lanes = ((1 << size) - 1) << first % (4 if registers else 8)
        strobes = draw(
            st.sampled_from((lanes, lanes, 0, 0x55 & lanes, draw(st.integers(0, lanes))))
        )
        chosen.append((draw(st.integers(0, 2**64 - 1)), strobes & lanes))
    master, response = draw(st.integers(0, 15)), draw(st.sampled_from((0, 0, 2, 3)))
    return Reported(channel, registers, master, response, size, address, chosen)


CLOCK = st.lists(st.integers(0, 15), unique=True, min_size=1, max_size=4).flatmap(
    lambda channels: st.tuples(*(transactions(channel) for channel in channels))
)


@pytest.fixture(scope="module")
def port() -> Iterator[tuple[Any, bytearray]]:
    """The library, and the bytes of the stream."""
    library = native.load_library(str(build_core_port()))
    stream = bytearray()
    hooks = native.CoreHooks()
    take = native.RecordsHook(
        lambda data, length: stream.extend((native.ctypes.c_char * length).from_address(data))
    )
    hooks.records = take
    library.core_port_set_hooks(hooks)
    yield library, stream
    library.core_port_set_hooks(native.CoreHooks())


def report(library: Any, item: Reported, clock: int, begin: int) -> None:
    """Make an observer's calls."""
    *earlier, (data, strobes) = item.beats
    for word, lanes in earlier:
        library.core_port_observed_beat(item.channel, word, lanes)
    about = item.response << 15 | (item.size.bit_length() - 1) << 12 | item.master << 8 | strobes
    about |= REGISTERS if item.registers else 0
    place = (begin & 0xFFFF_FFFF) << 32 | item.address
    library.core_port_observed(item.channel, clock, place, about, data)


@given(st.lists(CLOCK, min_size=1, max_size=4))
def test_every_byte_is_recorded_once_where_it_was_moved(
    port: tuple[Any, bytearray], clocks: list
) -> None:
    """Whatever the order of the observers' calls: by channel within a clock, clock by clock."""
    library, stream = port
    library.core_port_flush()
    stream.clear()
    expected = []
    for items in clocks:
        clock = next(CLOCKS)
        for item in items:
            report(library, item, clock, clock - 7)
        for item in sorted(items, key=lambda item: item.channel):
            expected += item.records(clock, clock - 7)
    library.core_port_flush()
    assert list(read_records(bytes(stream))) == expected


def test_what_was_observed_comes_before_what_the_clock_brings(port) -> None:
    """Lines of a hart and of its source in one clock: the source first, behind the bus."""
    library, stream = port
    library.core_port_flush()
    stream.clear()
    clock = next(CLOCKS)
    library.core_port_observed_line(2, clock, 0x2000004, 0, 1)
    library.core_port_observed_line(1, clock, 0x49102000, 1, 0)
    item = Reported(5, False, 3, 0, 4, 0x6E400004, [(0x99 << 32, 0xF0)])
    report(library, item, clock, clock - 4)
    library.core_port_lines(1, clock, 1)
    library.core_port_flush()
    assert list(read_records(bytes(stream))) == [
        Record(clock, 4, Kind.MEMORY_WRITE, 3, 0, 4, 0x6E400004, 4, 0x99),
        Record(clock, 0, Kind.SOURCE, 1, 0, 0, 0x49102000, 0, 0),
        Record(clock, 0, Kind.SOURCE, 0, 0, 0, 0x2000004, 0, 1),
        Record(clock, 0, Kind.LINES, 1, 0, 0, 0, 0, 1),
    ]
