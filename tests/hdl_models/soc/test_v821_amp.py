# SPDX-License-Identifier: Apache-2.0
"""The V821's top through its core shells: the same on both simulators and with every clock."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sim.simulated import simulate

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
    module = Path(__file__).with_name("v821_amp_cases.py")
    environment = {"CASE": name, "SKIPPING": str(int(skipping))}
    return simulate("v821", simulator, module, directory, environment)


@pytest.mark.parametrize("case", CASES)
def test_case_passes_and_leaving_out_clocks_changes_nothing(case: str, tmp_path: Path) -> None:
    fast = run_case(case, "verilator", tmp_path / "fast")
    assert run_case(case, "verilator", tmp_path / "every_clock", skipping=False) == fast


@pytest.mark.parametrize("case", CASES)
def test_case_is_the_same_on_icarus(case: str, tmp_path: Path) -> None:
    expected = run_case(case, "verilator", tmp_path / "verilator")
    assert run_case(case, "icarus", tmp_path / "icarus") == expected
