# SPDX-License-Identifier: Apache-2.0
"""A measurement from plan to figures, the stopwatch of full-stack runs, the command line."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

import pytest

from sim.bench.figures import Name
from sim.bench.full_stack import StackSample, Stopwatch, rpbuf_mb_per_s
from sim.bench.job import Answer
from sim.bench.measure import Measurement, steps
from sim.bench.plan import Plan, make_plan
from sim.bench.stack_steps import stack_steps
from sim.bench.traffic import Timing
from sim.bench.typed_command import typed_start_up_s
from sim.bench.ways import Sample
from sim.cli import main
from sim.errors import RunError

TINY = Plan(
    simulators=("verilator",),
    repeat=2,
    quick=True,
    payloads=(16,),
    blocks=(),
    budget_ns=0,
    echo_counts={},
    waves=False,
)


def test_a_measurement_has_every_figure_of_every_way(tmp_path):
    """Real processes: as many samples as repetitions, for each way, start-up and memory too."""
    said = []
    figures = Measurement(TINY, tmp_path, said.append).run()
    for way in ("bench", "ctypes", "cocotb", "cocotbext", "naive", "cpp"):
        for group, parameter, unit in (
            ("round_trips", "16 B", "1/s"),
            ("transaction_time", "16 B", "us"),
            ("idle_clock_time", "every clock", "ns/clock"),
            ("start_up", "", "ms"),
            ("peak_memory", "", "MiB"),
        ):
            samples = figures.samples(Name(group, "verilator", way, parameter, unit))
            assert len(samples) == 2 and all(sample > 0 for sample in samples)
    assert Name("idle_clock_time", "verilator", "soc", "idle", "ns/clock") in figures
    assert Name("round_trips", "verilator", "bench", "16 B, event log", "1/s") in figures
    assert said[0] == "building: ampsim: core shells, core port (verilator)"
    assert "2 of 2: cocotbext-axi AxiMaster (verilator)" in said


@pytest.fixture
def quick_ways(monkeypatch):
    """Replace the processes by answers at once; return the list of ways in the order they ran."""
    order = []

    def run_way(simulator, job, built, folder):
        order.append(job.way)
        timings = tuple(Timing("echo", size, 4, 4000, 4000, 400, 376) for size in job.payloads)
        wrong = job.way == "naive" and len(order) > 8
        return Sample(Answer(timings, 2 if wrong else 1, 5, 1024), 1000)

    monkeypatch.setattr("sim.bench.measure.run_way", run_way)
    monkeypatch.setattr("sim.bench.ways.Way.build", lambda *arguments: None)
    return order


def test_ways_take_turns(quick_ways, tmp_path):
    """A repetition runs every way once and the next one begins with another way."""
    measurement = Measurement(TINY, tmp_path)
    with pytest.raises(RunError) as caught:
        measurement.run()
    ways = ["bench", "ctypes", "cocotb", "cocotbext", "naive", "cpp", "bench", "soc"]
    assert quick_ways[:8] == ways
    assert quick_ways[8:] == ways[1:5]
    assert str(caught.value) == (
        "not the same data: memory 0000000000000001 after ampsim: core shells, core port on "
        "verilator, 0000000000000002 after cocotb, edge by edge on verilator"
    )


def test_full_stack_runs_must_be_equal(monkeypatch, tmp_path):
    """Two runs of the same inputs with different event logs are no measurement but a bug."""
    logs = iter(["aa", "bb"])
    monkeypatch.setattr(
        "sim.bench.stack_steps.run_stack",
        lambda *_: StackSample(1000.0, 1250.0, 2.0, 90 * 1024, next(logs), 3.0, 2.5),
    )
    monkeypatch.setattr("sim.bench.stack_steps.typed_start_up_s", lambda *_: 0.25)
    plan = Plan((), 2, False, (), (), 0, {"verilator": (500,)}, False)
    with pytest.raises(RunError) as caught:
        Measurement(plan, tmp_path).run()
    assert str(caught.value) == (
        "echo on verilator, 500 messages: two equal runs with different event logs, aa and bb"
    )


@pytest.fixture
def quick_stack(monkeypatch):
    """Replace the full-stack runs by samples at once; return the list of those that were built."""
    built = []
    sample = StackSample(1000.0, 1250.0, 2.0, 90 * 1024, "aa", 3.0, 2.5)
    monkeypatch.setattr("sim.bench.stack_steps.build_stack", lambda *what: built.append(what))
    monkeypatch.setattr("sim.bench.stack_steps.run_stack", lambda *_: sample)
    monkeypatch.setattr("sim.bench.stack_steps.typed_start_up_s", lambda *_: 0.25)
    return built


def test_what_takes_very_long_has_fewer_samples(quick_stack, tmp_path):
    """In the first repetitions; everything is built before the first sample."""
    plan = Plan((), 5, False, (), (), 0, {"verilator": (1000, 100000)}, False, 1000, False, 60)
    said = []
    figures = Measurement(plan, tmp_path, said.append).run()
    assert {name.parameter: len(figures.samples(name)) for name in figures.names()} == {
        "": 5,
        "1000 messages": 5,
        "60 messages, on cocotbext-axi masters": 3,
        "1000 messages, recording": 5,
        "1000 messages, the RTOS in MicroPython": 5,
        "100000 messages": 1,
    }
    first = said.index("1 of 5: full stack, typed as a command (verilator)")
    assert all(text.startswith("building: ") for text in said[:first])
    assert ("verilator", "on cocotbext-axi masters") in quick_stack


def test_an_interrupted_measurement_tells_what_it_has(quick_stack, monkeypatch, capsys, tmp_path):
    """The table, the JSON file and the reason; no process and no folder stays."""
    left: list[subprocess.Popen[bytes]] = []

    def run_stack(*_):
        left.append(subprocess.Popen(["sleep", "60"]))
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.bench.measure.steps", lambda plan: [])
    monkeypatch.setattr("sim.bench.stack_steps.run_stack", run_stack)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    file = tmp_path / "bench.json"
    assert main(["bench", "--sim", "verilator", "--json", str(file)]) == 1
    said = capsys.readouterr()
    assert "note: not all of it was measured: interrupted" in said.out
    assert said.err.splitlines()[-1] == "ampsim: interrupted"
    report = json.loads(file.read_text())
    assert report["notes"][0] == "not all of it was measured: interrupted"
    assert [figure["samples"] for figure in report["figures"]] == [[0.25]]
    assert not Path(f"/proc/{left[0].pid}").exists()
    left[0].wait()
    assert list(tmp_path.iterdir()) == [file]


def test_full_stack_figures(quick_stack, tmp_path):
    """Round trips, boot and memory go under the number of messages."""
    plan = Plan((), 2, False, (), (), 0, {"verilator": (500,)}, False)
    figures = Measurement(plan, tmp_path).run()
    assert [(name.group, name.parameter, figures.samples(name)) for name in figures.names()] == [
        ("stack_start_up", "", [0.25, 0.25]),
        ("stack_round_trips", "500 messages", [1000.0, 1000.0]),
        ("stack_round_trips_of_cpu_time", "500 messages", [1250.0, 1250.0]),
        ("stack_boot", "500 messages", [2.0, 2.0]),
        ("stack_peak_memory", "500 messages", [90.0, 90.0]),
        ("stack_whole_cpu_time", "500 messages", [3.0, 3.0]),
        ("stack_whole_time", "500 messages", [2.5, 2.5]),
    ]


def test_start_up_is_that_of_a_command(tmp_path):
    """A process of its own, from its start to the first transaction of its simulator."""
    begin = time.monotonic()
    seconds = typed_start_up_s("boot", "verilator", tmp_path)
    assert 0.05 < seconds < time.monotonic() - begin + 0.01
    with pytest.raises(RunError) as caught:
        typed_start_up_s("nothing", "verilator", tmp_path)
    assert "unknown scenario 'nothing'" in str(caught.value)


def test_rpbuf_moves_blocks(tmp_path):
    """The real stack of the V821: a rate, and every byte checked on the way."""
    assert rpbuf_mb_per_s("verilator", 40, tmp_path) > 0


def test_stopwatch_leaves_the_boot_out():
    """The rate is that between the first report of a message and the last."""
    watch = Stopwatch()
    for done, now in ((0, 1.0), (0, 2.0), (50, 2.5), (300, 2.75), (550, 3.0)):
        watch.take(done, now, now / 2)
    assert watch.rates() == (1000, 2000)


def test_stopwatch_needs_two_reports():
    """A run that is over between two reports has no rate."""
    watch = Stopwatch()
    watch.take(20, 1.0, 0.5)
    with pytest.raises(RunError) as caught:
        watch.rates()
    assert str(caught.value) == (
        "echo: 20 messages ended too soon to take a time: more messages are needed"
    )


def test_plans():
    """At least five repetitions unless it is a quick look; what takes very long has fewer."""
    full, quick = (make_plan(("verilator", "icarus"), quick=quick) for quick in (False, True))
    assert (full.repeat, quick.repeat) == (5, 3)
    assert full.echo_counts == {"verilator": (100, 1000, 10000, 100000), "icarus": (100,)}
    assert quick.echo_counts == {"verilator": (500,)}
    assert make_plan(("icarus",), quick=False).echo_counts == {"icarus": (100,)}
    assert make_plan(("icarus",), quick=True).echo_counts == {}
    assert [step.text() for step in stack_steps(full)] == [
        "typed as a command (verilator)",
        "100 messages (verilator)",
        "1000 messages (verilator)",
        "60 messages, on cocotbext-axi masters (verilator)",
        "1000 messages, recording (verilator)",
        "1000 messages, the RTOS in MicroPython (verilator)",
        "1000 messages, waves (verilator)",
        "1000 messages, waves outside of their window (verilator)",
        "1000 messages, VCD outside of its window (verilator)",
        "10000 messages (verilator)",
        "100000 messages (verilator)",
        "100 messages, rpbuf-blocks (verilator)",
        "typed as a command (icarus)",
        "100 messages (icarus)",
    ]
    assert [step.text() for step in stack_steps(full) if step.at_most] == [
        "60 messages, on cocotbext-axi masters (verilator)",
        "100000 messages (verilator)",
        "typed as a command (icarus)",
        "100 messages (icarus)",
    ]
    assert [step.at_most for step in stack_steps(make_plan(("icarus",), quick=False))] == [0, 0]
    assert [step.text() for step in stack_steps(quick)] == [
        "typed as a command (verilator)",
        "500 messages (verilator)",
    ]
    ways = [(step.simulator, step.way) for step in steps(full)]
    assert ("verilator", "cpp") in ways and ("icarus", "cpp") not in ways


def test_result_folder_must_be_one(capsys, tmp_path):
    """Said before minutes are spent on measuring."""
    file = tmp_path / "file"
    file.touch()
    assert main(["bench", "--json", str(file / "bench.json")]) == 2
    told = f"argument --json: expected a folder, found the file {file} (see ampsim bench --help)"
    assert capsys.readouterr().err == f"ampsim: {told}\n"


def test_icarus_must_be_installed_when_asked_for(capsys, monkeypatch):
    """The message names the package."""
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert main(["bench", "--sim", "icarus"]) == 2
    assert capsys.readouterr().err == (
        "ampsim: iverilog not found on PATH: install the package iverilog "
        "(Debian/Ubuntu: apt-get install iverilog)\n"
    )


def test_bad_repetitions(capsys):
    """Usage errors end with exit code 2."""
    assert main(["bench", "--repeat", "0"]) == 2
    assert capsys.readouterr().err == (
        "ampsim: argument --repeat: expected a number of at least 1, found 0 "
        "(see ampsim bench --help)\n"
    )
