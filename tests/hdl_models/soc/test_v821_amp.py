# SPDX-License-Identifier: Apache-2.0
"""The V821's top through its core shells: the same on both simulators and with every clock."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from sim.boards import load_board
from sim.build.design import soc_design
from sim.build.simulators import build_simulation, start_simulation
from sim.runs.process import end_session

CASES = (
    "message_boxes",
    "room_in_a_message_box",
    "message_box_in_reset",
    "stop_handshake",
    "interrupt_lines",
    "memories",
    "spinlocks",
    "serial_lines",
    "resets",
)


def run_case(name: str, simulator: str, directory: Path, *, skipping: bool = True) -> dict:
    """What the case's run left: digest of its records, clocks and transactions."""
    design = soc_design(load_board("v821"))
    build = build_simulation(design, simulator)
    directory.mkdir()
    sys.path.insert(0, str(Path(__file__).parent))
    try:
        process = start_simulation(
            simulator,
            build,
            test_module="v821_amp_cases",
            directory=directory,
            seed=1,
            environment={
                "CASE": name,
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


@pytest.mark.parametrize("case", CASES)
def test_case_passes_and_leaving_out_clocks_changes_nothing(case: str, tmp_path: Path) -> None:
    fast = run_case(case, "verilator", tmp_path / "fast")
    assert run_case(case, "verilator", tmp_path / "every_clock", skipping=False) == fast


@pytest.mark.parametrize("case", CASES)
def test_case_is_the_same_on_icarus(case: str, tmp_path: Path) -> None:
    expected = run_case(case, "verilator", tmp_path / "verilator")
    assert run_case(case, "icarus", tmp_path / "icarus") == expected
