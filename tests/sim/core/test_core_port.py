# SPDX-License-Identifier: Apache-2.0
"""Harts' programs reach the RTL through the core port, the same way in every simulator."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from sim.boards import load_board
from sim.build.design import soc_design
from sim.build.simulators import build_simulation, start_simulation
from sim.runs.process import end_session

PROGRAMS = (
    "every_size_in_every_lane",
    "blocks_of_any_length_and_alignment",
    "refused_accesses_are_thrown",
    "requests_that_cannot_be_made",
    "waits_are_exact",
    "lines_end_a_wait",
    "two_harts_share_the_fabric",
    "remote_is_started_and_reset",
)


def run_program(
    name: str, simulator: str, directory: Path, skipping: bool = True, port: str = "extension"
) -> dict:
    """What the program's run left: digest of its records, clocks and transactions."""
    design = soc_design(load_board("visionfive2"))
    build = build_simulation(design, simulator, port=port)
    sys.path.insert(0, str(Path(__file__).parent))
    directory.mkdir(exist_ok=True)
    try:
        process = start_simulation(
            simulator,
            build,
            test_module="core_port_cases",
            directory=directory,
            seed=1,
            port=port,
            environment={
                "PROGRAM": name,
                "RESULT": str(directory / "result.json"),
                "SKIPPING": str(int(skipping)),
            },
        )
        process.wait()
        end_session(process)
    finally:
        sys.path.pop(0)
    result = directory / "result.json"
    assert result.exists(), (directory / "simulator.log").read_text()[-3000:]
    return json.loads(result.read_text())


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_is_the_same_in_both_simulators_and_without_skipping(name: str, tmp_path: Path):
    fast = run_program(name, "verilator", tmp_path / "verilator")
    assert run_program(name, "verilator", tmp_path / "every_clock", skipping=False) == fast
    if name not in ("blocks_of_any_length_and_alignment", "two_harts_share_the_fabric"):
        assert run_program(name, "icarus", tmp_path / "icarus") == fast


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_is_the_same_without_the_extension(name: str, tmp_path: Path):
    expected = run_program(name, "verilator", tmp_path / "extension")
    assert run_program(name, "verilator", tmp_path / "ctypes", port="ctypes") == expected


@pytest.mark.parametrize("simulator", ["verilator", "icarus"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_program_is_the_same_through_plain_signals(name: str, simulator: str, tmp_path: Path):
    expected = run_program(name, "verilator", tmp_path / "extension")
    assert run_program(name, simulator, tmp_path / "cocotb", port="cocotb") == expected
