# SPDX-License-Identifier: Apache-2.0
"""Plots beside the JSON file: which there are, and that the figures stand in them."""

from __future__ import annotations

from xml.etree import ElementTree

from sim.bench.comparison import ratios
from sim.bench.figures import Figures, Name
from sim.bench.plots import write_plots

WAY = Name("round_trips", "verilator", "bench", "16 B", "1/s")


def figures() -> Figures:
    """Return what a full run leaves, in small."""
    found = Figures()
    for subject, rate in (("bench", 9000.0), ("cocotbext", 40.0)):
        for parameter, factor in (("16 B", 1.0), ("496 B", 0.5), ("64 KiB", 0.01)):
            found.add(WAY._replace(subject=subject, parameter=parameter), rate * factor)
    for parameter, rate in (("16 B", 9000.0), ("16 B, fst waves", 3000.0)):
        found.add(WAY._replace(group="round_trips_of_cpu_time", parameter=parameter), rate)
    for count in (100, 1000):
        for group, unit in (("stack_round_trips", "1/s"), ("stack_peak_memory", "MiB")):
            found.add(Name(group, "verilator", "echo", f"{count} messages", unit), 90.0)
    return found


def test_every_growth_has_its_plot(tmp_path):
    found = figures()
    paths = write_plots(tmp_path / "bench.json", found, ratios(found))
    assert [path.name for path in paths] == [
        "bench-ways-verilator.svg",
        "bench-payload-verilator.svg",
        "bench-messages.svg",
        "bench-options.svg",
    ]
    for path in paths:
        assert ElementTree.parse(path).getroot().tag.endswith("svg")
    comments = paths[0].read_text()
    for text in ("9,000", "ampsim: core shells, core port", "cocotbext-axi AxiMaster"):
        assert f"<!-- {text} -->" in comments
    assert "<!-- 65536 -->" in paths[1].read_text()
    assert "<!-- fst waves, 16 B (verilator) -->" in paths[3].read_text()


def test_what_was_not_measured_has_no_plot(tmp_path):
    assert write_plots(tmp_path / "bench.json", Figures(), []) == []
