# SPDX-License-Identifier: Apache-2.0
"""The memory path of the SoC: arbiter, MPU, decoder, memories and the way to the registers."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from bench import run_block
from fabric_sources import FABRIC_PATH


@pytest.mark.parametrize("cases", ["fabric_sharing_cases", "fabric_window_cases", "axi_mpu_cases"])
def test_fabric_path(cases: str, simulator: str) -> None:
    run_block("fabric_path", FABRIC_PATH, cases, simulator=simulator)


@pytest.mark.skipif(not shutil.which("iverilog"), reason="iverilog is not installed")
def test_both_simulators_agree_on_every_clock(tmp_path: Path) -> None:
    """Four masters with random traffic: the same nets change in the same clocks."""
    traces = {}
    for simulator in ("verilator", "icarus"):
        trace = tmp_path / simulator
        environment = {"FABRIC_TRACE": str(trace)}
        run_block(
            "fabric_path",
            FABRIC_PATH,
            "fabric_trace_cases",
            simulator=simulator,
            extra_env=environment,
        )
        traces[simulator] = trace.read_text().splitlines()
    assert len(traces["icarus"]) > 1000
    assert traces["verilator"] == traces["icarus"]
