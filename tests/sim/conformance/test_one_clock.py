# SPDX-License-Identifier: Apache-2.0
"""The RTOS's clock stands while Linux accesses rings and buffers, and for nothing else."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from sim.boards.model import Region
from sim.conformance.one_clock import OneClock
from sim.core import LOAD, STORE, WAIT, BusFault

RINGS = Region("rings", 0x1000, 0x100, "")
RING, ELSEWHERE = 0x1010, 0x2000


class Bench:
    """A Linux and an RTOS that make what they are told to, and a clock that a test moves."""

    def __init__(self, linux: list[tuple[Any, ...]], rtos: list[tuple[Any, ...]]) -> None:
        self.now = 0
        self.replies: list[Any] = []
        clock = OneClock(lambda: self.now, [RINGS])
        self.linux = clock.linux(self._software(linux, []))
        self.rtos = clock.rtos(self._software(rtos, self.replies))

    def _software(self, requests: list[tuple[Any, ...]], replies: list[Any]) -> Generator:
        for request in requests:
            replies.append((yield request))


def test_an_access_waits_for_linux_to_be_done():
    bench = Bench([(STORE, RING, 2, 1), (WAIT, 5, 0)], [(LOAD, RING, 2)])
    assert bench.linux.send(None) == (STORE, RING, 2, 1)
    assert bench.rtos.send(None) == (WAIT, 1, 0)
    assert bench.rtos.send(0) == (WAIT, 1, 0)
    assert bench.linux.send(None) == (WAIT, 5, 0)
    assert bench.rtos.send(0) == (LOAD, RING, 2)


def test_from_one_access_to_the_next_there_is_no_gap():
    bench = Bench([(LOAD, RING, 2)] * 2, [(LOAD, RING, 2)])
    bench.linux.send(None)
    assert bench.rtos.send(None) == (WAIT, 1, 0)
    bench.linux.send(7)
    assert bench.rtos.send(0) == (WAIT, 1, 0)


@pytest.mark.parametrize("request_", [(STORE, ELSEWHERE, 4, 1), (WAIT, 9, 0)])
def test_nothing_else_of_linux_holds_it_up(request_: tuple[Any, ...]):
    bench = Bench([request_], [(LOAD, RING, 2)])
    bench.linux.send(None)
    assert bench.rtos.send(None) == (LOAD, RING, 2)


def test_a_span_of_time_ends_as_much_later():
    bench = Bench([(STORE, RING, 2, 1), (WAIT, 1, 0)], [(WAIT, 50, 4), (LOAD, RING, 2)])
    assert bench.rtos.send(None) == (WAIT, 50, 4)
    bench.now = 10
    bench.linux.send(None)
    bench.now = 18
    bench.linux.send(None)
    bench.now = 50
    assert bench.rtos.send(0) == (WAIT, 8, 4)
    assert bench.rtos.send(0) == (LOAD, RING, 2)
    assert bench.replies == [0]


def test_what_an_interrupt_leaves_of_a_span_counts_by_its_own_clock():
    bench = Bench([(STORE, RING, 2, 1), (WAIT, 1, 0)], [(WAIT, 50, 4), (LOAD, RING, 2)])
    bench.rtos.send(None)
    bench.linux.send(None)
    bench.now = 8
    bench.linux.send(None)
    bench.now = 20
    assert bench.rtos.send(30) == (LOAD, RING, 2)
    assert bench.replies == [38]


def test_a_sleep_until_an_interrupt_is_left_alone():
    bench = Bench([(STORE, RING, 2, 1), (WAIT, 1, 0)], [(WAIT, -1, 4), (WAIT, 3, 0)])
    assert bench.rtos.send(None) == (WAIT, -1, 4)
    bench.linux.send(None)
    bench.now = 8
    bench.linux.send(None)
    assert bench.rtos.send(0) == (WAIT, 3, 0)


def test_a_refused_access_reaches_the_software_and_ends_the_stop():
    def linux() -> Generator:
        with pytest.raises(BusFault):
            yield (LOAD, RING, 2)
        return (request for request in [(WAIT, 5, 0)])

    clock = OneClock(lambda: 0, [RINGS])
    software, rtos = clock.linux(linux()), clock.rtos(iter_of((LOAD, RING, 2)))
    software.send(None)
    assert software.throw(BusFault(RING, 2)) == (WAIT, 5, 0)
    assert rtos.send(None) == (LOAD, RING, 2)


def iter_of(request: tuple[Any, ...]) -> Generator:
    yield request
