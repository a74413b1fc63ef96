# SPDX-License-Identifier: Apache-2.0
"""The same run is the same, clock by clock, on Verilator and on Icarus."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from bench import run_block
from test_uart import HERE, UART


@pytest.mark.skipif(shutil.which("iverilog") is None, reason="iverilog is not installed")
def test_uart_and_terminal_change_in_the_same_clocks(tmp_path: Path) -> None:
    sources = [*UART, "peripherals/uart_terminal.sv", HERE / "uart_bench.sv", HERE / "uart_link.sv"]
    traces = []
    for simulator in ("verilator", "icarus"):
        trace = tmp_path / simulator
        environment = {"TRACE_FILE": str(trace)}
        run_block(
            "uart_link",
            sources,
            "uart_trace_cases",
            simulator=simulator,
            extra_env=environment,
        )
        traces.append(trace.read_text().splitlines())
    assert len(traces[0]) > 50
    assert traces[0] == traces[1]
