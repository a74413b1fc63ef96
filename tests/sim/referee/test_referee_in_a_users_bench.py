# SPDX-License-Identifier: Apache-2.0
"""RefereeMonitor on a user's own RTL and masters, on both simulators."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from bench import run_block

SOURCES = [
    *(f"fabric/axi_{name}.sv" for name in ("span", "ram_burst", "ram_read", "ram_write", "ram")),
    "fabric/round_robin.sv",
    "fabric/axi_arbiter.sv",
    Path(__file__).with_name("user_amp.sv"),
]


@pytest.mark.parametrize("simulator", ["verilator", "icarus"])
def test_the_referee_in_a_users_bench(simulator: str) -> None:
    """All cases of user_bench_cases.py."""
    if simulator == "icarus" and shutil.which("iverilog") is None:
        pytest.skip("iverilog is not installed (Debian package: iverilog)")
    run_block("user_amp", SOURCES, "user_bench_cases", simulator=simulator)


@pytest.mark.parametrize("simulator", ["verilator", "icarus"])
def test_the_referee_on_axi_lite(simulator: str) -> None:
    """All cases of user_axil_cases.py."""
    if simulator == "icarus" and shutil.which("iverilog") is None:
        pytest.skip("iverilog is not installed (Debian package: iverilog)")
    top = Path(__file__).with_name("user_axil_amp.sv")
    run_block("user_axil_amp", [top], "user_axil_cases", simulator=simulator)
