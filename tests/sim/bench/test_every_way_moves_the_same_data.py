# SPDX-License-Identifier: Apache-2.0
"""The ways of measuring, each in its simulator: same bytes, same accesses, real RTL."""

from __future__ import annotations

import shutil

import pytest
from plain_bus import run

from sim.bench.job import Job
from sim.bench.traffic import ACCESSES
from sim.bench.ways import (
    BENCH,
    COCOTB,
    COCOTBEXT,
    CPP,
    CTYPES,
    NAIVE,
    SOC,
    WAYS,
    last_words,
    run_way,
)
from sim.errors import RunError

# 13 bytes end inside a beat; 2500 need two bursts and cross a 4 KiB line.
PAYLOADS = (13, 496, 2500)

PROCESSES = [
    ("verilator", BENCH),
    ("verilator", COCOTBEXT),
    ("verilator", NAIVE),
    ("verilator", CPP),
    ("verilator", CTYPES),
    ("verilator", COCOTB),
    ("icarus", BENCH),
    ("icarus", COCOTBEXT),
    ("icarus", NAIVE),
    ("icarus", CTYPES),
    ("icarus", COCOTB),
]


def run_built(simulator, job, folder, **options):
    """Build a way and run a job of it."""
    built = WAYS[job.way].build(simulator, job.waves)
    return run_way(simulator, job, built, folder, **options)


def need(simulator):
    """Skip where Icarus is not installed."""
    if simulator == "icarus" and shutil.which("iverilog") is None:
        pytest.skip("iverilog is not installed")


@pytest.fixture(scope="module")
def expected():
    """Return the fingerprint of the same traffic over a plain memory."""
    return run(PAYLOADS)[0].fingerprint


@pytest.mark.parametrize(
    ("simulator", "way"), PROCESSES, ids=lambda value: getattr(value, "key", value)
)
def test_memory_holds_what_a_plain_memory_holds(simulator, way, expected, tmp_path):
    """Every way leaves the same bytes, with 94 transactions a round trip."""
    need(simulator)
    sample = run_built(simulator, Job(way.key, PAYLOADS, 0), tmp_path)
    assert sample.answer.fingerprint == expected
    assert [timing.payload for timing in sample.answer.timings] == list(PAYLOADS)
    for timing in sample.answer.timings:
        assert timing.transactions == ACCESSES * timing.rounds
    assert sample.start_up_ns > 0
    assert sample.answer.peak_kib > 1000


def clocks(simulator, way, folder, **options):
    """Return the clocks of each timing."""
    sample = run_built(simulator, Job(way.key, (16, 496), 0, **options), folder / simulator)
    return [timing.clocks for timing in sample.answer.timings]


def test_core_shells_take_the_same_clocks_with_any_software(tmp_path):
    """Python on Verilator, C++ on Verilator, Python on Icarus: cycle for cycle the same."""
    first = clocks("verilator", BENCH, tmp_path / "bench")
    assert clocks("verilator", CPP, tmp_path / "cpp") == first
    assert clocks("verilator", BENCH, tmp_path / "log", log=True) == first
    assert clocks("verilator", CTYPES, tmp_path / "ctypes") == first
    assert clocks("verilator", COCOTB, tmp_path / "cocotb") == first
    need("icarus")
    assert clocks("icarus", BENCH, tmp_path / "icarus") == first
    assert clocks("icarus", BENCH, tmp_path / "waves", waves="fst") == first
    assert (tmp_path / "waves" / "icarus" / "waves.fst").stat().st_size > 1000


@pytest.mark.parametrize("way", [BENCH, CPP, SOC], ids=lambda way: way.key)
def test_left_out_clocks_are_counted(way, tmp_path):
    """An idle span lasts as many clocks with clocks left out as without."""
    spans = {"idle": 50_000, "every clock": 50_000}
    payloads = () if way is SOC else (16,)
    answer = run_built("verilator", Job(way.key, payloads, 0, spans), tmp_path).answer
    idle = {timing.name: timing.clocks for timing in answer.timings if not timing.rounds}
    assert idle == spans


def test_a_way_that_does_not_end_is_given_up(tmp_path):
    """The process is ended and the message says who it was."""
    with pytest.raises(RunError) as caught:
        run_built("verilator", Job(BENCH.key, (16,), 10**12), tmp_path, limit_s=1.5)
    message = "ampsim: core shells, core port on verilator: no answer after 1.5 s"
    assert str(caught.value) == message


def test_a_way_that_breaks_down_says_why(tmp_path):
    """A payload that leaves the memory is refused by the bus; its hart reports the fault."""
    with pytest.raises(RunError) as caught:
        run_built("verilator", Job(BENCH.key, (0x4_0000,), 0), tmp_path)
    assert str(caught.value) == (
        "ampsim: core shells, core port on verilator: BusFault: bus fault at 0x80001000: DECERR"
    )


def test_no_answer_tells_what_the_simulator_said(tmp_path, monkeypatch):
    """A process that is not told what to do ends without an answer."""
    monkeypatch.setattr("sim.bench.ways.JOB_FILE", "gone.json")
    with pytest.raises(RunError) as caught:
        run_built("verilator", Job(NAIVE.key, (16,), 0), tmp_path)
    assert str(caught.value) == (
        "cocotb, edge by edge on verilator: no answer, exit code 0: FileNotFoundError: [Errno 2] "
        f"No such file or directory: '{tmp_path / 'gone.json'}'"
    )


def test_last_words_are_the_last_error():
    """Else the last line that is not empty."""
    assert last_words("a\nValueError: x\n  b  \n\n") == "ValueError: x"
    assert last_words("a\n  b  \n\n") == "b"
    assert last_words("") == "it said nothing"
