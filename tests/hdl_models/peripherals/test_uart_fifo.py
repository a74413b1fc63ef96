# SPDX-License-Identifier: Apache-2.0
"""FIFO of the UART against a queue, with pushes and pops in the same clock."""

from __future__ import annotations

from bench import run_block


def test_uart_fifo(simulator: str) -> None:
    run_block(
        "uart_fifo", ["peripherals/uart_fifo.sv"], "uart_fifo_model_cases", simulator=simulator
    )
