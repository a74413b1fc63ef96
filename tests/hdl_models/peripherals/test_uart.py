# SPDX-License-Identifier: Apache-2.0
"""DesignWare UART at bit level, its FIFOs and interrupts, and the terminal, on both simulators."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench import run_block

HERE = Path(__file__).parent

UART = [
    f"peripherals/{name}.sv"
    for name in (
        "clock_enable",
        "uart_baud",
        "uart_dw",
        "uart_fifo",
        "uart_interrupts",
        "uart_modem",
        "uart_rx",
        "uart_rx_buffer",
        "uart_tx",
    )
]


@pytest.mark.parametrize("cases", ["uart_line_cases", "uart_fifo_cases", "uart_interrupt_cases"])
def test_uart(cases: str, simulator: str) -> None:
    run_block("uart_bench", [*UART, HERE / "uart_bench.sv"], cases, simulator=simulator)


def test_terminal(simulator: str) -> None:
    bench = [HERE / "uart_bench.sv", HERE / "uart_link.sv"]
    run_block(
        "uart_link",
        [*UART, "peripherals/uart_terminal.sv", *bench],
        "uart_terminal_cases",
        simulator=simulator,
    )
