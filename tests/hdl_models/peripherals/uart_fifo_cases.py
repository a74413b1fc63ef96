# SPDX-License-Identifier: Apache-2.0
"""FIFOs of the UART: depth, levels, overrun in both modes, resets, USR."""

from __future__ import annotations

import cocotb
from cocotb.handle import SimHandleBase
from uart_driver import (
    CLEAR_RX,
    CLEAR_TX,
    EIGHT_BITS,
    FIFO,
    IDLE,
    PARITY,
    Lsr,
    Reg,
    open_uart,
)

BUSY, TFNF, TFE, RFNE, RFF = 1, 2, 4, 8, 16
SEVENTEEN = bytes(range(0x30, 0x41))


@cocotb.test()
async def receive_fifo_holds_sixteen(dut: SimHandleBase) -> None:
    uart = await open_uart(dut)
    source = uart.source()
    await source.write(SEVENTEEN[:16])
    await source.wait()
    assert await uart.read(Reg.RFL) == 16
    assert await uart.read(Reg.USR) == BUSY | TFNF | TFE | RFNE | RFF
    assert await uart.lsr() == IDLE | Lsr.DR
    assert await uart.drain() == SEVENTEEN[:16]
    assert await uart.read(Reg.RFL) == 0
    assert await uart.read(Reg.USR) == TFNF | TFE


@cocotb.test()
async def overrun_keeps_the_fifo_and_loses_the_new_character(dut: SimHandleBase) -> None:
    uart = await open_uart(dut)
    source = uart.source()
    await source.write(SEVENTEEN)
    await source.wait()
    assert await uart.lsr() == IDLE | Lsr.DR | Lsr.OE
    assert await uart.lsr() == IDLE | Lsr.DR, "cleared by the read"
    assert await uart.drain() == SEVENTEEN[:16]


@cocotb.test()
async def overrun_without_fifos_keeps_the_new_character(dut: SimHandleBase) -> None:
    uart = await open_uart(dut, fcr=0)
    source = uart.source()
    await source.write(b"old")
    await source.wait()
    assert await uart.lsr() == IDLE | Lsr.DR | Lsr.OE
    assert await uart.drain() == b"d"


@cocotb.test()
async def fifo_order_survives_wrapping(dut: SimHandleBase) -> None:
    uart = await open_uart(dut)
    source = uart.source()
    received = bytearray()
    for begin in range(0, 60, 12):
        await source.write(bytes(range(begin, begin + 12)))
        await source.wait()
        received += await uart.drain()
    assert received == bytes(range(60))


@cocotb.test()
async def faulty_character_lost_by_overrun_leaves_no_fifo_error(dut: SimHandleBase) -> None:
    uart = await open_uart(dut, lcr=EIGHT_BITS | PARITY)
    source = uart.source(9)
    await source.write([0x100] * 16 + [0x000])
    await source.wait()
    assert await uart.lsr() == IDLE | Lsr.DR | Lsr.OE
    assert await uart.drain() == bytes(16)
    assert await uart.lsr() == IDLE


@cocotb.test()
async def transmit_fifo_takes_sixteen_beside_the_shift_register(dut: SimHandleBase) -> None:
    uart = await open_uart(dut)
    sink = uart.sink()
    await uart.send(b"A")
    await uart.wait(1)
    await uart.send(SEVENTEEN)  # one too many: lost
    assert await uart.read(Reg.TFL) == 16
    assert await uart.read(Reg.USR) == BUSY
    assert await uart.lsr() == 0
    await uart.wait(180)
    assert bytes(sink.read_nowait()) == b"A" + SEVENTEEN[:16]
    assert await uart.read(Reg.USR) == TFNF | TFE


@cocotb.test()
async def holding_register_is_overwritten_without_fifos(dut: SimHandleBase) -> None:
    uart = await open_uart(dut, fcr=0)
    sink = uart.sink()
    await uart.send(b"A")
    await uart.wait(1)
    await uart.send(b"BC")
    await uart.wait(25)
    assert bytes(sink.read_nowait()) == b"AC"


@cocotb.test()
async def line_status_tells_empty_fifo_from_idle_line(dut: SimHandleBase) -> None:
    uart = await open_uart(dut)
    await uart.send(b"A")
    assert await uart.lsr() == 0
    await uart.wait(2)
    assert await uart.lsr() == Lsr.THRE
    await uart.wait(10)
    assert await uart.lsr() == IDLE


@cocotb.test()
async def fifo_control_empties_one_side(dut: SimHandleBase) -> None:
    uart = await open_uart(dut)
    source, sink = uart.source(), uart.sink()
    await source.write(b"in")
    await source.wait()
    await uart.send(b"out")
    await uart.wait(1)  # "o" is on the line and stays there
    await uart.write(Reg.FCR, FIFO | CLEAR_RX)
    assert await uart.read(Reg.RFL) == 0
    assert await uart.read(Reg.TFL) == 2
    await uart.write(Reg.FCR, FIFO | CLEAR_TX)
    assert await uart.read(Reg.TFL) == 0
    await uart.wait(30)
    assert bytes(sink.read_nowait()) == b"o"


@cocotb.test()
async def switching_the_fifos_empties_both(dut: SimHandleBase) -> None:
    uart = await open_uart(dut)
    source = uart.source()
    await source.write(b"abc")
    await source.wait()
    await uart.send(b"xyz")
    assert await uart.read(Reg.IIR) & 0xC0 == 0xC0
    await uart.write(Reg.FCR, 0)
    assert await uart.read(Reg.IIR) & 0xC0 == 0
    assert await uart.read(Reg.RFL) == 0
    assert await uart.read(Reg.TFL) == 0


@cocotb.test()
async def empty_receive_buffer_reads_zero(dut: SimHandleBase) -> None:
    uart = await open_uart(dut)
    assert await uart.read(Reg.RBR) == 0
    assert await uart.read(Reg.RFL) == 0
