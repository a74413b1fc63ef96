# SPDX-License-Identifier: Apache-2.0
"""Writes every change of the lines between UART and terminal, with its time, to TRACE_FILE."""

from __future__ import annotations

import os
from pathlib import Path

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.utils import get_sim_time
from uart_driver import BAUD_115200, Reg, open_uart

WATCHED = ("irq_o", "rx_valid_o", "rx_data_o", "tx_ready_o", "s_apb_prdata")


async def _watch(dut: SimHandleBase, name: str, trace: list[tuple[int, str, str]]) -> None:
    signal = getattr(dut, name)
    while True:
        await signal.value_change
        trace.append((int(get_sim_time("ns")), name, str(signal.value)))


@cocotb.test()
async def exchange(dut: SimHandleBase) -> None:
    dut.tx_valid_i.value, dut.tx_data_i.value = 1, 0xA5  # types without end
    uart = await open_uart(dut, divisor=BAUD_115200)
    trace: list[tuple[int, str, str]] = []
    for name in WATCHED:
        cocotb.start_soon(_watch(dut, name, trace))
    await uart.write(Reg.IER, 7)
    for byte in b"list_thread\r":
        await uart.send(bytes([byte]))
        await uart.wait(10.5)
        await uart.iir()
        await uart.lsr()
        await uart.read(Reg.RBR)
    lines = [f"{time} {name} {value}" for time, name, value in sorted(trace)]
    Path(os.environ["TRACE_FILE"]).write_text("\n".join(lines))
