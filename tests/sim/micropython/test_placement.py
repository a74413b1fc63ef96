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


def test_changes_places_when_enough_looks_agree(monkeypatch: pytest.MonkeyPatch, other: int):
    running(monkeypatch, CPUS)
    monkeypatch.setattr(placement, "_runs", lambda process: process == other)  # it polls
    place = Placement(other)
    try:
        assert place.polls == POLLS
        assert not os.sched_getaffinity(0) & os.sched_getaffinity(other)
        for count in (*[CPUS + 1] * 15, CPUS, *[CPUS + 1] * 15):
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


@pytest.mark.parametrize("runs", [False, True])
def test_the_other_one_is_no_third_one(monkeypatch: pytest.MonkeyPatch, other: int, runs: bool):
    """It is on its way with the reply it has just got, when somebody looks: not always."""
    running(monkeypatch, CPUS + 1)
    monkeypatch.setattr(placement, "_runs", lambda process: process == other and runs)
    place = Placement(other)
    try:
        for count, expected in ((CPUS + runs, False), (CPUS - 1 + runs, True)):
            running(monkeypatch, count)
            for _ in range(3):
                place.look()
            assert place.apart is expected
    finally:
        place.release()


def test_whether_a_process_runs(other: int):
    assert placement._runs(os.getpid())
    while placement._runs(other):  # until it waits for its input
        pass
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as busy:
        assert placement._runs(busy.pid)
        busy.kill()
        busy.wait()
        assert not placement._runs(busy.pid)


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
