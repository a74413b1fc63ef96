# SPDX-License-Identifier: Apache-2.0
"""SERIES, POLL and RUN are what one request after the other would be; here the test is the RTL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.build.native import build_core_port
from sim.ports.ctypes_port import CtypesPort
from sim.ports.library import load_library
from tests.sim.port_machine import HART, Machine, load_extension

LOAD, STORE, READ, WRITE, WAIT, SERIES, POLL, RUN = range(8)
SEND, THROW, GO_ON, ASKS, ENDED = range(5)
ALWAYS_HIGH = 0x80


class Fault(Exception):
    """What the software gets for a refused access."""


@pytest.fixture(scope="module", params=["extension", "ctypes"])
def machine(request: pytest.FixtureRequest) -> Iterator[Machine]:
    """The machine on one of the two ports."""
    folder = str(build_core_port())
    if request.param == "ctypes":
        port: Any = CtypesPort(folder)
    else:
        port = load_extension()
    yield Machine(port, load_library(folder), Fault)


REQUESTS = st.one_of(
    st.tuples(st.just(LOAD), st.sampled_from((0x1000, 0x1010)), st.sampled_from((1, 2, 4, 8))),
    st.tuples(st.just(STORE), st.just(0x2000), st.just(4), st.integers(0, 2**32 - 1)),
    st.tuples(st.just(READ), st.just(0x3000), st.integers(1, 8)),
    st.tuples(st.just(WRITE), st.just(0x4000), st.binary(min_size=1, max_size=8)),
    st.tuples(st.just(WAIT), st.integers(0, 50), st.integers(0, 7)),
    st.just((LOAD, 0x1001, 4)),  # cannot be made
)
ROWS = st.lists(st.lists(REQUESTS, max_size=6).map(tuple), min_size=1, max_size=6)


def in_rows(rows: Any, seen: list[Any]) -> Any:
    """Software that makes each row at once, and notes what it gets."""
    for row in rows:
        try:
            seen.append((yield (SERIES, row)))
        except (Fault, ValueError) as error:
            seen.append(repr(error))
    return "done"


def one_by_one(rows: Any, seen: list[Any]) -> Any:
    """The same, request by request."""
    for row in rows:
        replies: list[Any] = []
        try:
            for request in row:
                replies.append((yield request))
        except (Fault, ValueError) as error:
            seen.append(repr(error))
        else:
            seen.append(replies)
    return "done"


POLLS = st.lists(
    st.tuples(
        st.tuples(st.just(LOAD), st.just(0x1000), st.sampled_from((1, 2, 4, 8))),
        st.lists(REQUESTS, max_size=3),
        st.integers(1, 2**8 - 1),  # of a byte that counts requests (Machine.run)
    ).map(lambda poll: ((poll[0], *poll[1]), poll[2])),
    min_size=1,
    max_size=4,
)


def in_polls(polls: Any, seen: list[Any]) -> Any:
    """Software that waits for each, and notes what it gets."""
    for row, bits in polls:
        try:
            seen.append((yield (POLL, row, bits)))
        except (Fault, ValueError) as error:
            seen.append(repr(error))
    return "done"


def in_loops(polls: Any, seen: list[Any]) -> Any:
    """The same, request by request."""
    for row, bits in polls:
        try:
            while not (value := (yield row[0])) & bits:
                for request in row[1:]:  # noqa: UP028 - a tuple takes no replies
                    yield request
            seen.append(value)
        except (Fault, ValueError) as error:
            seen.append(repr(error))
    return "done"


def kernel(frame: Any, hart: Any, mask: int, trace: list[Any]) -> Any:
    """A kernel that runs one frame, and answers each interrupt with a store."""
    how, value = SEND, None
    while True:
        hart.mask[0] = mask
        how, value = yield (RUN, frame, how, value)
        if how == ENDED:
            trace.append(value)
            return
        assert how in (SEND, THROW, GO_ON)
        yield (STORE, 0x5000, 4, hart.lines[0])


def kernel_by_hand(frame: Any, hart: Any, mask: int, trace: list[Any]) -> Any:
    """The same kernel that passes on each request by itself."""
    step, value = frame.send, None
    while True:
        try:
            request = step(value)
        except StopIteration as stop:
            trace.append(stop.value)
            return
        step = frame.send
        try:
            value = yield request
        except Exception as error:
            step, value = frame.throw, error
        if (hart.lines[0] | ALWAYS_HIGH) & mask:
            yield (STORE, 0x5000, 4, hart.lines[0])


def outcome(
    machine: Machine,
    runs: Any,
    software: Any,
    asked: Any,
    mask: int,
    levels: list[int],
    refused: set[int],
) -> tuple[Any, ...]:
    """What a kernel that runs the software leaves: commands, what both saw, records, the end."""
    seen: list[Any] = []
    commands = machine.run(runs(software(asked, seen), machine, mask, seen), levels, refused)
    return commands, seen, machine.records, repr(machine.ended)


@settings(max_examples=100, deadline=None)
@given(
    rows=ROWS,
    levels=st.lists(st.integers(0, 7), max_size=30),
    refused=st.sets(st.integers(0, 20), max_size=3),
    mask=st.integers(0, 7) | st.just(ALWAYS_HIGH),
)
def test_rows_in_a_run_are_single_requests_in_a_loop(machine, rows, levels, refused, mask):
    """Same commands at the same clocks, same replies and refusals, same interrupts taken."""
    outcomes = [
        outcome(machine, kernel, in_rows, rows, mask, levels, refused),
        outcome(machine, kernel_by_hand, one_by_one, rows, mask, levels, refused),
    ]
    assert outcomes[0] == outcomes[1]


@settings(max_examples=40, deadline=None)
@given(row=ROWS.map(lambda rows: rows[0]), levels=st.lists(st.integers(0, 7), max_size=8))
def test_row_with_a_mask_ends_early(machine, row, levels):
    """(SERIES, requests, mask): the list says how many are done, the rest can be asked for."""
    seen: list[Any] = []

    def program() -> Any:
        replies: list[Any] = []
        try:
            while len(replies) < len(row):
                done = yield (SERIES, row[len(replies) :], 5)
                assert len(done) + len(replies) == len(row) or machine.lines[0] & 5
                replies += done
        except ValueError as error:
            replies = [repr(error)]
        seen.append(replies)

    commands = machine.run(program(), levels, set())
    again: list[Any] = []
    assert commands == machine.run(one_by_one([row], again), levels, set())
    assert [again[0] if isinstance(again[0], list) else [again[0]]] == seen


@settings(max_examples=100, deadline=None)
@given(
    polls=POLLS,
    levels=st.lists(st.integers(0, 7), max_size=30),
    refused=st.sets(st.integers(0, 20), max_size=3),
    mask=st.integers(0, 7) | st.just(ALWAYS_HIGH),
)
def test_polls_in_a_run_are_single_requests_in_a_loop(machine, polls, levels, refused, mask):
    """Same commands at the same clocks, same values and refusals, same interrupts taken."""
    outcomes = [
        outcome(machine, kernel, in_polls, polls, mask, levels, refused),
        outcome(machine, kernel_by_hand, in_loops, polls, mask, levels, refused),
    ]
    assert outcomes[0] == outcomes[1]


@settings(max_examples=40, deadline=None)
@given(poll=POLLS.map(lambda polls: polls[0]), levels=st.lists(st.integers(0, 7), max_size=8))
def test_poll_with_a_mask_ends_early(machine, poll, levels):
    """(POLL, requests, bits, mask, done): the list says how many of the turn are done."""
    seen: list[Any] = []
    row, bits = poll

    def program() -> Any:
        value: Any = []
        try:
            while isinstance(value, list):
                value = yield (POLL, row, bits, 5, len(value))
                assert isinstance(value, int) or machine.lines[0] & 5
        except ValueError as error:
            value = repr(error)
        seen.append(value)

    commands = machine.run(program(), levels, set())
    again: list[Any] = []
    assert commands == machine.run(in_loops([poll], again), levels, set())
    assert again == seen


def test_what_is_none_of_its_requests_a_frame_asks_the_kernel(machine):
    asked: list[Any] = []

    async def nothing() -> str:
        return "nothing"

    def frame() -> Any:
        asked.append((yield None))
        asked.append((yield (8, "mine")))
        asked.append((yield (RUN, nothing(), SEND, None)))
        raise LookupError("on purpose")

    def kernel_of_three() -> Any:
        running, value = frame(), None
        for expected in (None, (8, "mine")):
            how, value = yield (RUN, running, SEND, value and "reply")
            assert (how, value) == (ASKS, expected)
            value = "reply"
        how, value = yield (RUN, running, SEND, "last")
        assert (how, value[0]) == (ASKS, RUN)
        assert (yield value) == (ENDED, "nothing")
        try:
            yield (RUN, running, SEND, 3)
        except LookupError as error:
            asked.append(str(error))

    machine.run(kernel_of_three(), [], set())
    assert asked == ["reply", "last", 3, "on purpose"]
    assert machine.ended == [None]


@pytest.mark.parametrize(
    "request_",
    [
        (SERIES, [(LOAD, 0, 4)]),
        (SERIES, ((SERIES, ()),)),
        (SERIES, ((RUN, None, SEND, None),)),
        (POLL, ((LOAD, 0, 4),)),
        (POLL, ((LOAD, 0, 4),), 0),
        (POLL, [(LOAD, 0, 4)], 1),
        (POLL, (), 1),
        (POLL, ((WAIT, 1, 0), (LOAD, 0, 4)), 1),
        (POLL, ((LOAD, 0, 4),), 1, 0, 1),
        (RUN, 1),
        (8, 0, 0),
    ],
)
def test_what_is_no_row_or_run_is_refused(machine, request_):
    caught: list[str] = []

    def program() -> Any:
        try:
            yield request_
        except TypeError as error:
            caught.append(str(error))

    machine.run(program(), [], set())
    assert len(caught) == 1 and caught[0].startswith("not a request of a hart: ")


def test_reset_drops_a_frame_and_its_row(machine):
    closed: list[str] = []

    def frame() -> Any:
        try:
            yield (SERIES, ((LOAD, 0x1000, 4), (LOAD, 0x1010, 4)))
        finally:
            closed.append("frame")

    def program() -> Any:
        try:
            yield (RUN, frame(), SEND, None)
        finally:
            closed.append("kernel")

    machine.program = program()
    machine.clock += 100
    machine.library.core_port_start(HART, machine.clock, 0)
    machine.program = None
    machine.library.core_port_stop(HART, machine.clock + 10)
    assert sorted(closed) == ["frame", "kernel"]
    assert machine.run(one_by_one([((LOAD, 0x1000, 4),)], closed), [], set())[-1] == 10
