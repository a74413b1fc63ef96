# SPDX-License-Identifier: Apache-2.0
"""Terminal and UART at the two ends of a serial cable at 115200 baud."""

from __future__ import annotations

import random

import cocotb
from apb_port import start
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge
from uart_driver import BAUD_115200, BREAK, EIGHT_BITS, FIFO, Lsr, Reg, Uart, open_uart

CHARACTER_CLOCKS = 8680


async def _open(dut: SimHandleBase) -> Uart:
    dut.tx_valid_i.value = 0
    dut.tx_data_i.value = 0
    return await open_uart(dut, divisor=BAUD_115200, fcr=FIFO)


async def _type(dut: SimHandleBase, data: bytes) -> None:
    """Hand `data` to the terminal, a byte whenever it is ready."""
    for byte in data:
        await FallingEdge(dut.clk_i)
        if dut.tx_ready_o.value == 0:
            await RisingEdge(dut.tx_ready_o)
            await FallingEdge(dut.clk_i)
        dut.tx_valid_i.value = 1
        dut.tx_data_i.value = byte
        await FallingEdge(dut.clk_i)
        dut.tx_valid_i.value = 0


async def _shown(dut: SimHandleBase, seen: list[tuple[int, int]]) -> None:
    """Collect what the terminal receives, each with its error flag."""
    while True:
        await RisingEdge(dut.rx_valid_o)
        await FallingEdge(dut.clk_i)
        seen.append((dut.rx_data_o.value.to_unsigned(), int(dut.rx_error_o.value)))


@cocotb.test()
async def both_ways_at_once(dut: SimHandleBase) -> None:
    """Back-to-back characters, so that the difference of the two bit times would add up."""
    uart = await _open(dut)
    seen: list[tuple[int, int]] = []
    cocotb.start_soon(_shown(dut, seen))
    generator = random.Random(2)
    out, typed = generator.randbytes(16), generator.randbytes(16)
    await uart.send(out)
    await _type(dut, typed)
    await ClockCycles(dut.clk_i, 2 * CHARACTER_CLOCKS)
    assert seen == [(byte, 0) for byte in out]
    assert await uart.drain() == typed


@cocotb.test()
async def typed_character_interrupts(dut: SimHandleBase) -> None:
    uart = await _open(dut)
    await uart.write(Reg.IER, 1)
    cocotb.start_soon(_type(dut, b"l"))
    await uart.interrupt(within=12)
    assert await uart.drain() == b"l"
    assert dut.irq_o.value == 0


@cocotb.test()
async def break_shows_as_one_framing_error(dut: SimHandleBase) -> None:
    uart = await _open(dut)
    seen: list[tuple[int, int]] = []
    cocotb.start_soon(_shown(dut, seen))
    await uart.write(Reg.LCR, EIGHT_BITS | BREAK)
    await uart.wait(25)
    await uart.write(Reg.LCR, EIGHT_BITS)
    await uart.wait(2)
    await uart.send(b"k")
    await uart.wait(12)
    assert seen == [(0, 1), (ord("k"), 0)]


@cocotb.test()
async def nothing_arrives_on_an_idle_line(dut: SimHandleBase) -> None:
    port = await start(dut, tx_valid_i=0, tx_data_i=0)
    seen: list[tuple[int, int]] = []
    cocotb.start_soon(_shown(dut, seen))
    uart = Uart(dut, port, BAUD_115200)
    await uart.wait(30)
    assert seen == []
    assert not await uart.lsr() & Lsr.DR
