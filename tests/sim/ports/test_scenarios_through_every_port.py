# SPDX-License-Identifier: Apache-2.0
"""Whole runs have the same event log through every port, on both simulators."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from sim.cli import main
from sim.ports import PORTS

# Plain signals are slow in a run of many accesses, of which a VisionFive 2 has 50 000 before its
# first message, and a V821 of these scenarios 3 000 in all.
RUNS = (("echo", "visionfive2", 4), ("schedule-latency", "v821", 3))


def outcome(
    directory: Path, scenario: str, board: str, count: int, *more: str
) -> dict[str, object]:
    """What a run found out, but for the time it took."""
    result = directory / "result.json"
    arguments = ["run", scenario, "--board", board, "--count", str(count), "--out", str(directory)]
    assert main([*arguments, "--json", str(result), *more]) == 0
    found = json.loads(result.read_text())
    names = ("event_log_sha256", "sim_time_ns", "cycles", "bus_transactions", "latency_ns")
    return {name: found[name] for name in names}


@pytest.mark.parametrize(("scenario", "board", "count"), RUNS)
def test_every_port_has_the_same_event_log(
    scenario: str, board: str, count: int, capfd, tmp_path: Path
):
    runs = {
        port: outcome(tmp_path / port, scenario, board, count, "--port", port) for port in PORTS
    }
    assert runs["ctypes"] == runs["extension"]
    assert runs["cocotb"] == runs["extension"]


def test_plain_signals_on_icarus_have_the_event_log_of_verilator(capfd, tmp_path: Path):
    """Neither DPI-C nor VPI system tasks: what a simulator without both would do."""
    if shutil.which("iverilog") is None:
        pytest.skip("iverilog is not installed")
    run = ("schedule-latency", "v821", 1)
    expected = outcome(tmp_path / "verilator", *run)
    assert outcome(tmp_path / "icarus", *run, "--port", "cocotb", "--sim", "icarus") == expected
