# SPDX-License-Identifier: Apache-2.0
"""One seed decides a run: the event log does not depend on simulator, company or skipping."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sim.runs import launch
from sim.runs.prepare import prepare_run


def event_log(
    directory: Path,
    *,
    board: str = "visionfive2",
    simulator: str = "verilator",
    seed: int = 1,
    count: int = 5,
    **more,
):
    """Hash of the event log of a short echo run."""
    config = prepare_run("echo", board, simulator, directory, seed=seed, count=count, **more)
    result = launch.run(config, directory)
    assert result["passed"]
    return result["event_log_sha256"]


def test_repeated_in_parallel_and_with_every_clock(tmp_path: Path):
    with ThreadPoolExecutor(2) as pool:
        runs = [
            pool.submit(event_log, tmp_path / "first"),
            pool.submit(event_log, tmp_path / "second"),
            pool.submit(event_log, tmp_path / "every_clock", skipping=False),
        ]
    assert len({run.result() for run in runs}) == 1


@pytest.mark.parametrize("board", ["visionfive2", "v821"])
def test_edges_by_verilators_own_eval(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, board: str):
    """The bench's own way over an edge (sim/native/verilator_edge.h) leaves nothing out."""
    own = event_log(tmp_path / "own", board=board)
    monkeypatch.setenv("AMPSIM_WHOLE_EVAL", "1")
    assert event_log(tmp_path / "whole", board=board) == own


def test_another_seed_or_count_is_another_run(tmp_path: Path):
    logs = {
        event_log(tmp_path / "a"),
        event_log(tmp_path / "b", seed=2, count=5),
        event_log(tmp_path / "c", count=6),
    }
    assert len(logs) == 3


def test_icarus_gives_the_log_of_verilator(tmp_path: Path):
    expected = event_log(tmp_path / "verilator", count=2)
    assert event_log(tmp_path / "icarus", simulator="icarus", count=2) == expected
