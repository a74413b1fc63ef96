# SPDX-License-Identifier: Apache-2.0
"""The changes of a signal as arrays: numbers, values with x or z, what stood before a time."""

from __future__ import annotations

import gc

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.decode.collector import without_collector
from sim.decode.trace import Trace

VALUES = st.one_of(st.integers(0, 2**64 - 1), st.sampled_from(("x", "1z0", "zz", "0x")))
CHANGES = st.lists(st.tuples(st.integers(0, 2**63), VALUES), unique_by=lambda pair: pair[0])


@given(CHANGES)
def test_trace_has_the_changes(changes: list[tuple[int, object]]):
    changes.sort(key=lambda pair: pair[0])
    trace = Trace.of(changes)
    known = [type(value) is int for _, value in changes]
    numbers = [value if type(value) is int else 0 for _, value in changes]
    assert trace.times.tolist() == [time for time, _ in changes]
    assert trace.values.tolist() == numbers
    assert trace.known.tolist() == known
    after = np.array([time + 1 for time, _ in changes], np.uint64)
    assert trace.before(after).tolist() == numbers
    assert trace.known_before(after).tolist() == known


def test_clock_rises_where_a_known_one_follows_a_known_zero():
    trace = Trace.of([(0, "x"), (5, 1), (10, 0), (15, 1), (20, "x"), (25, 1), (30, 0)])
    assert trace.rising().tolist() == [15]
    assert Trace.of([]).rising().tolist() == []


def test_collector_is_as_before():
    assert gc.isenabled()
    with without_collector():
        assert not gc.isenabled()
        with without_collector():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
