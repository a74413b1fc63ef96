# SPDX-License-Identifier: Apache-2.0
"""Harts' programs reach the RTL through the core port, the same way in every simulator."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sim.simulated import simulate

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
    module = Path(__file__).with_name("core_port_cases.py")
    environment = {"PROGRAM": name, "SKIPPING": str(int(skipping))}
    return simulate("visionfive2", simulator, module, directory, environment, port=port)


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
