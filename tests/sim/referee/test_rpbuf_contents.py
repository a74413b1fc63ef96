# SPDX-License-Identifier: Apache-2.0
"""What the referee says of RPBuf's buffers in the less usual cases, and what it lets pass."""

from __future__ import annotations

from collections.abc import Callable
from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted_rpbuf_faults import (
    ACK,
    AT,
    CREATED,
    DATA,
    DESTROYED,
    LENGTH,
    REGION,
    RPBUF_FAULTS,
    WHOLE,
    WHOLE_SYNC,
    announced,
    clean_rpbuf,
    created,
    frame,
    linux_says,
    rtos_says,
    service,
    shared,
    transmitted,
)
from referee_driver import Driver

from sim.records import Kind
from sim.referee import RULES

ALONE = sorted(set(RPBUF_FAULTS) - {"rpbuf-range"})
"""Data outside its buffer was never written either."""


def judged(play: Callable[[Driver], None]) -> Driver:
    """A link on which that has happened."""
    driver = Driver("v821")
    driver.exchange()
    play(driver)
    return driver


# Faults.


@pytest.mark.parametrize("rule", ALONE)
def test_a_fault_fires_its_rule_alone(rule: str) -> None:
    """No other rule of RPBuf's takes the same fault for one of its own."""
    fired = judged(RPBUF_FAULTS[rule]).fired()
    assert {name for name in fired if name.startswith("rpbuf-")} == {rule}


def written_by_rtos_behind(d: Driver) -> None:
    shared(d)
    d.rtos.write(AT + LENGTH - 1, b"ab")


def written_by_rtos_after_it_freed(d: Driver) -> None:
    shared(d)
    rtos_says(d, DESTROYED)
    d.rtos.write(AT, DATA)


def written_by_linux_after_it_freed(d: Driver) -> None:
    shared(d)
    linux_says(d, DESTROYED)
    d.linux.write(AT, DATA)


@pytest.mark.parametrize(
    "play",
    [
        written_by_rtos_behind,
        written_by_rtos_after_it_freed,
        written_by_linux_after_it_freed,
    ],
)
def test_who_does_not_have_a_buffer_does_not_write_it(play: Callable[[Driver], None]) -> None:
    """Past its end, and after it was freed."""
    assert judged(play).fired() == {"rpbuf-written-by-other"}


def test_a_violation_says_where_and_what() -> None:
    """The first byte that differs; the buffer and both sides by name."""
    texts = {
        "rpbuf-altered": "0x81646004: rpbuf-altered: expected 0x05, found 0x00",
        "rpbuf-written-before-ack": "0x81646002: rpbuf-written-before-ack: expected an ACK from "
        "RTOS in buffer 'buffer', found 2 bytes from LINUX",
        "rpbuf-written-by-other": "0x81646040: rpbuf-written-by-other: expected a buffer that "
        "RTOS has, found 4 bytes from RTOS in no buffer",
    }

    def play(d: Driver) -> None:
        announced(d, WHOLE_SYNC)
        d.rtos.read(AT, DATA[:4] + bytes(28))
        d.linux.store(AT + 2, 2, 0)
        d.rtos.store(AT + LENGTH, 4, 0)

    found = judged(play).referee.report.violations
    assert {item.rule.id: str(item).split(", ", 2)[2] for item in found} == texts


def test_the_receiver_may_not_lose_what_it_has_not_read() -> None:
    """The warning knows both writers."""

    def play(d: Driver) -> None:
        announced(d)
        d.rtos.write(AT, DATA)

    assert judged(play).fired() == {"rpbuf-overwritten-unread"}


# What is none.


def acknowledged_before_it_is_read(d: Driver) -> None:
    """The ACK says that the sender may go on."""
    announced(d, WHOLE_SYNC)
    rtos_says(d, ACK)
    d.linux.write(AT, DATA[::-1])
    d.rtos.read(AT, DATA[::-1])


def handed_back_as_it_is(d: Driver) -> None:
    """The RTOS tells of what Linux wrote."""
    announced(d)
    d.rtos.read(AT, DATA)
    rtos_says(d, WHOLE)
    d.linux.read(AT, DATA)


def both_in_one_buffer(d: Driver) -> None:
    """Each side has a half."""
    shared(d)
    for _ in range(3):
        d.linux.write(AT, DATA[:16])
        d.rtos.write(AT + 16, DATA[16:])
        linux_says(d, transmitted(0, 16))
        rtos_says(d, transmitted(16, 16))
        d.linux.read(AT + 16, DATA[16:])
        d.rtos.read(AT, DATA[:16])


def freed_while_in_use(d: Driver) -> None:
    """The RTOS keeps what it has, and answers, until it frees it as well."""
    announced(d, WHOLE_SYNC)
    linux_says(d, DESTROYED)
    rtos_says(d, ACK)
    d.rtos.read(AT, DATA)
    d.rtos.write(AT, DATA)
    rtos_says(d, WHOLE, DESTROYED)


def taken_again(d: Driver) -> None:
    """Linux comes back to a buffer that the RTOS has kept, with what lay in it."""
    announced(d, WHOLE_SYNC)
    linux_says(d, DESTROYED, CREATED)
    d.linux.write(AT, DATA[::-1])
    linux_says(d, WHOLE)
    d.rtos.read(AT, DATA[::-1])


def two_that_only_linux_has(d: Driver) -> None:
    """Both have the id 0 until the RTOS gives others."""
    service(d)
    names = (b"one", b"two")
    for number, name in enumerate(names):
        linux_says(d, frame(1, created(name, pa=AT + LENGTH * number, number=0)))
    for number, name in enumerate(names):
        rtos_says(d, frame(1, created(name, pa=0, number=8 + number)))
    for number, name in enumerate(names):
        d.linux.write(AT + LENGTH * number, name)
        linux_says(d, transmitted(0, len(name), number=8 + number))
        d.rtos.read(AT + LENGTH * number, name)
    linux_says(d, frame(2, pack("<I", 9)), frame(2, pack("<I", 8)))


def read_past_the_end(d: Driver) -> None:
    """A bus reads words: what lies behind was never told of."""
    announced(d, transmitted(0, 17))
    d.rtos.read(AT, DATA[:24])


def written_before_the_link_was_up(d: Driver) -> None:
    """The memory is the RTOS's to test while nobody has it."""
    d.feed_reset(Kind.STOP, d.rtos.hart)
    d.rtos.write(REGION, DATA)


@pytest.mark.parametrize(
    "play",
    [
        clean_rpbuf,
        acknowledged_before_it_is_read,
        handed_back_as_it_is,
        both_in_one_buffer,
        freed_while_in_use,
        taken_again,
        two_that_only_linux_has,
        read_past_the_end,
        written_before_the_link_was_up,
    ],
)
def test_what_the_protocol_allows_breaks_no_rule(play: Callable[[Driver], None]) -> None:
    """The docstring of each case says what it is."""
    assert [str(item) for item in judged(play).referee.report.violations] == []


# Anything.

FRAMES = st.one_of(
    st.sampled_from((CREATED, DESTROYED, ACK, WHOLE, WHOLE_SYNC)),
    st.builds(
        lambda name, length, pa, number: frame(1, created(name, length, pa, number)),
        st.sampled_from((b"buffer", b"other", b"\xff")),
        st.sampled_from((0, 1, LENGTH, 0xFFFFFFFF)),
        st.sampled_from((0, REGION, REGION + 1, REGION + 0x5FFF0, 2**64 - 1)),
        st.integers(0, 4),
    ),
    st.builds(transmitted, st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1)),
    st.builds(transmitted, st.integers(0, LENGTH), st.integers(0, LENGTH), st.integers(0, 3)),
)
ACCESSES = st.tuples(
    st.booleans(),
    st.sampled_from((REGION - 4, REGION, REGION + 60, REGION + 0x60000 - 3)),
    st.binary(min_size=1, max_size=80),
)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.booleans(), st.one_of(FRAMES, ACCESSES)), max_size=20))
def test_any_frames_and_accesses_are_judged(steps: list) -> None:
    """Only rules that exist fire, nothing breaks."""
    driver = judged(service)
    for linux, step in steps:
        if isinstance(step, bytes):
            (linux_says if linux else rtos_says)(driver, step)
        else:
            write, address, data = step
            side = driver.linux if linux else driver.rtos
            (side.write if write else side.read)(address, data)
    assert driver.fired() <= set(RULES)
