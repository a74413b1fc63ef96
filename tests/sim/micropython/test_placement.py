# SPDX-License-Identifier: Apache-2.0
"""The two processes have a CPU each as long as nobody else wants one, and share one otherwise."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from sim.micropython import placement
from sim.micropython.placement import POLLS, Placement

BEFORE = os.sched_getaffinity(0)
CPUS = len(BEFORE)

pytestmark = pytest.mark.skipif(CPUS < 2, reason="there is only one CPU")


@pytest.fixture
def other() -> Iterator[int]:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process.pid


def running(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(placement, "_running", lambda: count)


def test_changes_places_when_three_looks_agree(monkeypatch: pytest.MonkeyPatch, other: int):
    running(monkeypatch, CPUS)
    place = Placement(other)
    try:
        assert place.polls == POLLS
        assert not os.sched_getaffinity(0) & os.sched_getaffinity(other)
        for count in (CPUS + 1, CPUS + 1, CPUS, CPUS + 1, CPUS + 1):
            running(monkeypatch, count)
            place.look()
        assert place.apart
        place.look()
        assert place.polls == 0
        assert os.sched_getaffinity(0) == os.sched_getaffinity(other)
        running(monkeypatch, CPUS - 1)
        for expected in (False, False, True):
            place.look()
            assert place.apart is expected
    finally:
        place.release()
    assert os.sched_getaffinity(0) == BEFORE


def test_begins_on_one_cpu_where_others_run(monkeypatch: pytest.MonkeyPatch, other: int):
    running(monkeypatch, CPUS + 1)
    place = Placement(other)
    try:
        assert place.polls == 0
        assert os.sched_getaffinity(0) == os.sched_getaffinity(other)
    finally:
        place.release()


def test_counts_at_least_itself():
    assert placement._running() >= 1
