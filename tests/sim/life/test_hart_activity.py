# SPDX-License-Identifier: Apache-2.0
"""Questions about a span of a hart's time, against counting clock by clock."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sim.life.activity import HartActivity

spans = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 6)), max_size=20)
span = st.tuples(st.integers(0, 120), st.integers(0, 120)).map(sorted)


@given(spans, span)
def test_busy_clocks(gaps, asked):
    activity = HartActivity()
    clocks: set[int] = set()
    now = 0
    for gap, length in gaps:
        now += gap + length
        activity.bus(now, length, 0, 0)
        clocks |= set(range(now - length, now))
    begin, end = asked
    assert activity.busy(begin, end) == len(clocks & set(range(begin, end)))


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from("abc")), max_size=15), span)
def test_threads(switches, asked):
    activity = HartActivity()
    running = ["off"] * 300
    now = 0
    for gap, name in switches:
        now += gap
        activity.switch(now, name)
        running[now:] = [name] * (300 - now)
    begin, end = asked
    pieces = list(activity.threads(begin, end))
    told = [name for since, until, name in pieces for _ in range(until - since)]
    assert told == running[begin:end]


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 7)), max_size=15), span)
def test_lines(changes, asked):
    activity = HartActivity()
    levels = [0] * 300
    now = 0
    for gap, level in changes:
        now += gap
        activity.set_lines(now, level)
        levels[now:] = [level] * (300 - now)
    begin, end = asked
    assert activity.level(begin) == levels[begin]
    rises = [n for n in range(max(begin, 1), end + 1) if levels[n] & ~levels[n - 1] & 1]
    assert activity.rise(1, begin, end) == (rises[0] if rises else None)
