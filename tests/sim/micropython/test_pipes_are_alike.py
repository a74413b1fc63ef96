# SPDX-License-Identifier: Apache-2.0
"""The pipe in C does what the one in Python does, whatever is asked through it: word by word."""

from __future__ import annotations

import struct
from collections.abc import Sequence, Set
from typing import Any

import pytest
from hart_at_the_other_end import Ask, OtherEnd
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.build.native import build_core_port
from sim.core import BusFault
from sim.micropython import frames
from sim.micropython.pipe import Pipe
from sim.ports.library import load_library
from tests.sim.port_machine import HART, Machine, load_extension

Writes = Sequence[tuple[Ask, ...]]

NAMES = ("first", "second", "watched")


def asks(*words: Any) -> Any:
    """A strategy of frames with these words."""
    return st.tuples(*words).map(lambda drawn: Ask(*drawn))


REACHES = st.sampled_from((0x1000, 0x1010, 0x2004))
STRAYS = st.sampled_from((0x1001, 2**32, -1, 2**32 - 1))
WORDS = st.integers(0, 2**64 - 1)
SIZES = st.sampled_from((1, 2, 4, 8))

LOADS = asks(st.just(frames.LOAD), REACHES, SIZES)
REQUESTS = st.one_of(
    LOADS,
    asks(st.just(frames.STORE), REACHES, SIZES, WORDS),
    asks(st.just(frames.READ), REACHES, st.integers(1, 20)),
    asks(st.just(frames.WAIT), st.integers(-1, 50), st.integers(0, 7)),
    st.binary(min_size=1, max_size=20).map(
        lambda data: Ask(frames.WRITE, 0x4000, len(data), data=data)
    ),
)
REFUSED = st.one_of(
    asks(st.sampled_from((frames.LOAD, frames.STORE)), REACHES | STRAYS, st.just(3)),
    asks(st.sampled_from((frames.LOAD, frames.READ)), STRAYS, st.sampled_from((4, 0))),
    asks(st.just(frames.WAIT), st.just(2**32), st.integers(0, 7)),
    asks(st.just(frames.WAIT), st.just(0), st.just(2**63)),
    st.just(Ask(frames.WRITE, 0x4000, 0)),
)
IN_ROW = st.integers(0, 9).flatmap(lambda number: REQUESTS if number else REFUSED)
NO_REQUESTS = asks(st.sampled_from((5, 6, 7, 200)), st.just(1), st.just(0))
ROWS = st.builds(
    lambda row, mask: Ask(frames.SERIES, len(row), mask, row=tuple(row)),
    st.lists(IN_ROW | NO_REQUESTS, max_size=7),
    st.integers(0, 7),
)
POLLS = st.builds(
    lambda first, rest, mask, done, bits: Ask(
        frames.POLL, 1 + len(rest), mask | done << 8, bits, row=(first, *rest)
    ),
    LOADS | IN_ROW,
    st.lists(IN_ROW, max_size=3),
    st.integers(0, 7),
    st.integers(0, 2),
    st.integers(0, 2**8 - 1),  # of a byte that counts requests (port_machine.py)
)
TOLD = st.lists(
    asks(st.just(frames.EVENT), st.integers(0, 2), WORDS, WORDS)
    | asks(st.just(frames.THREAD), st.integers(0, 2)),
    max_size=3,
)
OTHERS = (Ask(frames.STARTED, 7), Ask(frames.NAME, 5, data=b"third"))
WRITES = st.builds(
    lambda told, ask: (*told, ask), TOLD, IN_ROW | ROWS | POLLS | st.sampled_from(OTHERS)
)
LEVELS = st.lists(st.integers(0, 7), max_size=30)
A_LOAD = Ask(frames.LOAD, 0x1000, 4)


@pytest.fixture(scope="module")
def machine() -> Machine:
    """The extension's port: it performs what both pipes ask for. It has met all names."""
    port = load_extension()
    made = Machine(port, load_library(str(build_core_port())), BusFault)
    for name in NAMES:
        port.event(HART, name)
    return made


def outcome(
    machine: Machine,
    kind: type[Pipe],
    writes: Writes,
    *,
    shares: bool = False,
    dies: bool = False,
    levels: Sequence[int] = (),
    refused: Set[int] = frozenset(),
    queries: Set[int] = frozenset(),
) -> tuple[Any, ...]:
    """What a run leaves: commands, replies, records, what the watcher saw, the end."""
    watched: list[tuple[int, ...]] = []
    machine.watchers["watched"] = lambda *words: watched.append(words[1:])
    answers: list[int] = []
    with OtherEnd(machine, kind, writes, shares=shares, dies=dies) as other:
        other.program.names.extend(NAMES)

        def look(count: int) -> None:
            if count in queries:
                answers.append(other.program._query(frames.MEMORY)[0])

        commands = machine.run(other.program.run(), list(levels), set(refused), look)
    begin = other.replies[0].clock
    replies = [(*reply[:2], reply.clock - begin, reply.behind) for reply in other.replies]
    ended = [repr(error) for error in machine.ended]
    return commands, replies, machine.records, watched, answers, ended


def hold_alike(machine: Machine, writes: Writes, **how: Any) -> tuple[Any, ...]:
    """Hold the pipe in C, with frames in pipes and in memory, to the one in Python."""
    expected = outcome(machine, Pipe, writes, **how)
    assert outcome(machine, machine.port.Pipe, writes, **how) == expected
    assert outcome(machine, machine.port.Pipe, writes, shares=True, **how) == expected
    return expected


@settings(max_examples=150, deadline=None)
@given(
    writes=st.lists(WRITES, max_size=6),
    dies=st.booleans(),
    levels=LEVELS,
    refused=st.sets(st.integers(0, 20), max_size=3),
    queries=st.sets(st.integers(0, 20), max_size=3),
)
def test_whatever_is_asked(
    machine: Machine,
    writes: Writes,
    dies: bool,
    levels: list[int],
    refused: set[int],
    queries: set[int],
):
    """Same commands, replies, records and end; an answer to a query comes in mid-row."""
    how = {"levels": levels, "refused": refused, "queries": queries, "dies": dies}
    hold_alike(machine, writes, **how)


def test_more_words_than_are_read_with_a_reply(machine: Machine):
    """Behind the reply to a row of 64 words, or with a block, is the pipe. Rows may be longer."""
    for count in (frames.ROW - 1, frames.ROW, 300):
        row = (A_LOAD,) * count
        expected = hold_alike(machine, [(Ask(frames.SERIES, count, row=row),)] * 2)
        words = [0x01010101 * byte for byte in [*range(1, 101), *[255] * 600]]
        assert expected[1][1][3] == struct.pack(f"<{count}Q", *words[:count])


def test_blocks_in_a_row_come_behind_its_words(machine: Machine):
    row = (Ask(frames.READ, 0x1000, 3), A_LOAD, Ask(frames.READ, 0x1000, 2), A_LOAD)
    for levels, behind in (([], "020202020000000004040404000000000101010303"), ([1], "010101")):
        asked = [(Ask(frames.SERIES, 4, 1, row=row),)]
        replies = hold_alike(machine, asked, levels=levels)[1]
        assert replies[1][3] == bytes.fromhex(behind)


def test_poll_that_waits_for_nothing_or_begins_with_no_load(machine: Machine):
    wait = Ask(frames.WAIT, 5, 0)
    for bits, done, row in (
        (0, 0, (A_LOAD,)),
        (1, 1, (A_LOAD,)),
        (1, 0, ()),
        (1, 0, (wait, A_LOAD)),
    ):
        asked = [(Ask(frames.POLL, len(row), done << 8, bits, row=row),)]
        commands, replies, *_ = hold_alike(machine, asked)
        assert len(commands) == 1
        assert replies[1][0] == frames.REFUSED
        assert replies[1][3].decode().startswith("not a request of a hart: (6, (")


def test_other_end_is_gone_in_mid_run(machine: Machine):
    ended = hold_alike(machine, [(A_LOAD,)] * 3, dies=True)[-1]
    assert ended == ["RunError('the other end is gone')"]
