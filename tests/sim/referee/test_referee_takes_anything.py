# SPDX-License-Identifier: Apache-2.0
"""Whatever passes on the bus, the referee goes on; and it takes a stream in any pieces."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from referee_driver import DA, STATUS, TABLE, Driver

from sim.records import Kind, Record, pack_record
from sim.referee import RULES, Referee
from sim.referee.stream import RecordStream

BUS = (Kind.LOAD, Kind.STORE, Kind.READ, Kind.WRITE)


def places(driver: Driver) -> list[int]:
    """Addresses that mean something on that board."""
    found = [at for ring in driver.rings for at in ring.fields()][:400]
    found += [driver.pool + 512 * n + offset for n in range(4) for offset in (0, 4, 12, 16, 500)]
    if driver.mailbox:
        return [*found, driver.words, driver.words + 0x40, driver.msip_rtos, driver.msip_linux]
    return [*found, TABLE, STATUS, *DA, driver.to_rtos, driver.to_linux]


VALUES = st.one_of(st.integers(0, 5), st.sampled_from((0x7F, 0xFFFF, 0xFFFFFFFF, 0x81380000)))
ACCESS = st.tuples(
    st.sampled_from(BUS),
    st.booleans(),
    st.integers(0, 1 << 16),
    st.sampled_from((1, 2, 4, 8)),
    VALUES,
    st.binary(max_size=600),
)


@settings(max_examples=60)
@given(st.sampled_from(("visionfive2", "v821")), st.lists(ACCESS, max_size=60))
def test_any_accesses_are_judged(board: str, accesses: list) -> None:
    """After a clean exchange anything may follow: only rules that exist fire, nothing breaks."""
    driver = Driver(board)
    driver.exchange()
    where = places(driver)
    for kind, linux, number, size, value, payload in accesses:
        side = driver.linux if linux else driver.rtos
        fields = {"payload": payload} if kind in (Kind.READ, Kind.WRITE) else {"value": value}
        driver.feed(kind, side.hart, where[number % len(where)], size, **fields)
    assert driver.fired() <= set(RULES)


class Recorder(Driver):
    """A driver that keeps the records of its accesses."""

    def __init__(self, board: str) -> None:
        super().__init__(board, lines=False)
        self.stream = b""
        self.bus = self._keep

    def _keep(self, time_ns, hart, write, address, data, *, response) -> None:
        kind, size = Kind.MEMORY_WRITE if write else Kind.MEMORY_READ, len(data)
        value = int.from_bytes(data, "little") if size <= 8 else 0
        payload = data if size > 8 else b""
        self.stream += pack_record(
            Record(self.cycle, 5, kind, hart, response, 8, address, size, value, payload)
        )
        self.referee.bus(time_ns, hart, write, address, data, response=response)


@settings(max_examples=30)
@given(
    st.sampled_from(("visionfive2", "v821")), st.lists(st.integers(1, 700), min_size=1, max_size=9)
)
def test_pieces_do_not_matter(board: str, sizes: list[int]) -> None:
    """Cut anywhere, the stream gives the same messages and violations."""
    driver = Recorder(board)
    driver.exchange()
    driver.rtos.store(driver.rings[0].base + 8, 4, 1024)
    driver.linux.write(driver.pool, bytes(100))
    expected = driver.fired()
    assert "ring-driver-part-written-by-device" in expected
    referee = Referee.of_board(driver.board, lines=False)
    stream = RecordStream(referee, driver.clock_ns)
    at, turn = 0, 0
    while at < len(driver.stream):
        size = sizes[turn % len(sizes)]
        stream.take(memoryview(driver.stream)[at : at + size])
        at, turn = at + size, turn + 1
    referee.finish(driver.cycle * driver.clock_ns)
    assert set(referee.report.counts) == expected
    assert referee.link.messages == driver.referee.link.messages
    assert [str(v) for v in referee.report.violations] == [
        str(v) for v in driver.referee.report.violations
    ]
