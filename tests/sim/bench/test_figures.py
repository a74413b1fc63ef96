# SPDX-License-Identifier: Apache-2.0
"""Medians and ratios of samples."""

from __future__ import annotations

import re
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.bench.figures import Figures, Name, paired_ratios

FAST = Name("round_trips", "verilator", "bench", "16 B", "1/s")
SLOW = FAST._replace(subject="naive")


def figures(fast, slow):
    """Return figures with these samples."""
    found = Figures()
    for value in fast:
        found.add(FAST, value)
    for value in slow:
        found.add(SLOW, value)
    return found


def test_median_is_not_the_mean():
    """One disturbed sample does not move a figure."""
    assert figures([10, 11, 1000], []).median(FAST) == 11


def test_ratio_pairs_neighbours():
    """A machine that slows down by half midway changes no ratio of a pair."""
    found = figures([100, 50, 50], [10, 5, 5])
    assert found.ratio("x", FAST, SLOW).samples == (10, 10, 10)
    drifting = figures([100, 30, 20], [10, 5, 1])
    assert drifting.ratio("x", FAST, SLOW).median == 10
    assert drifting.median(FAST) / drifting.median(SLOW) == 6


@pytest.mark.parametrize(
    ("above", "below", "message"),
    [
        ([1], [], "a ratio needs at least one sample above and below, found 1 and 0"),
        ([], [], "a ratio needs at least one sample above and below, found 0 and 0"),
        ([1], [0], "a ratio needs samples below that are not 0"),
    ],
)  # fmt: skip
def test_impossible_ratios_are_refused(above, below, message):
    """No ratio is made up where there is none."""
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        paired_ratios(above, below)


def test_samples_without_a_partner_are_left_out():
    """What takes very long was sampled in the first repetitions only."""
    found = figures([100, 50, 1], [10])
    assert found.ratio("x", FAST, SLOW).samples == (10,)
    assert found.most == 3


@given(st.lists(st.floats(0.001, 1e9), min_size=1, max_size=9), st.floats(0.001, 1000))
def test_ratio_to_a_multiple_is_its_factor(samples, factor):
    """Whatever the spread of the samples."""
    ratios = paired_ratios([sample * factor for sample in samples], samples)
    assert median(ratios) == pytest.approx(factor)


def test_names_are_found_by_group_and_simulator():
    """In the order in which they came up."""
    found = figures([1], [1])
    idle = Name("idle_clock_time", "icarus", "bench", "idle", "ns/clock")
    found.add(idle, 1)
    assert list(found.names()) == [FAST, SLOW, idle]
    assert list(found.names("round_trips")) == [FAST, SLOW]
    assert list(found.names("", "icarus")) == [idle]
    assert found.plain()[0] == {**FAST._asdict(), "median": 1, "samples": [1]}
