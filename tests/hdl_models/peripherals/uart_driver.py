# SPDX-License-Identifier: Apache-2.0
"""A UART under test: its registers by name, and the far end of its line."""

from __future__ import annotations

import logging
from enum import IntEnum, IntFlag

from apb_port import ApbPort, start
from cocotb.handle import SimHandleBase
from cocotb.triggers import RisingEdge, Timer, with_timeout
from cocotbext.uart import UartSink, UartSource

SCLK_HZ = 24_000_000
FAST = 1  # divisor: 1.5 Mbaud, to keep the tests short
BAUD_115200 = 13


class Reg(IntEnum):
    """Byte offsets."""

    RBR = 0x00
    THR = 0x00
    DLL = 0x00
    IER = 0x04
    DLH = 0x04
    IIR = 0x08
    FCR = 0x08
    LCR = 0x0C
    MCR = 0x10
    LSR = 0x14
    MSR = 0x18
    SCR = 0x1C
    USR = 0x7C
    TFL = 0x80
    RFL = 0x84


class Lsr(IntFlag):
    """Line status bits."""

    DR = 1
    OE = 2
    PE = 4
    FE = 8
    BI = 16
    THRE = 32
    TEMT = 64
    RFE = 128


IDLE = Lsr.THRE | Lsr.TEMT

EIGHT_BITS, STOP2, PARITY, EVEN, STICK, BREAK, DLAB = 0x03, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80
FIFO, CLEAR_RX, CLEAR_TX = 1, 2, 4
RX_IRQ, THRE_IRQ, LINE_IRQ, MODEM_IRQ = 1, 2, 4, 8
MODEM, NONE, THRE, DATA, LINE, BUSY, TIMEOUT = 0x0, 0x1, 0x2, 0x4, 0x6, 0x7, 0xC
LOOP = 0x10


class Uart:
    """The UART's registers, and the time of a bit on its line in ns."""

    def __init__(self, dut: SimHandleBase, port: ApbPort, divisor: int) -> None:
        self.dut = dut
        self.port = port
        self.baud = SCLK_HZ / 16 / divisor
        self.bit_ns = 1e9 / self.baud

    async def read(self, register: Reg) -> int:
        return await self.port.read(register)

    async def write(self, register: Reg, value: int) -> None:
        await self.port.write(register, value)

    async def lsr(self) -> Lsr:
        return Lsr(await self.read(Reg.LSR))

    async def iir(self) -> int:
        """Interrupt identity without the FIFO bits."""
        return await self.read(Reg.IIR) & 0xF

    async def send(self, data: bytes) -> None:
        for byte in data:
            await self.write(Reg.THR, byte)

    async def drain(self) -> bytes:
        """Characters until LSR says that there are none."""
        data = bytearray()
        while await self.lsr() & Lsr.DR:
            data.append(await self.read(Reg.RBR))
        return bytes(data)

    async def bits(self, levels: str) -> None:
        """Drive the receive line, one level a bit time, and leave it high."""
        for level in levels:
            self.dut.rxd_i.value = int(level)
            await self.wait(1)
        self.dut.rxd_i.value = 1

    async def wait(self, bits: float) -> None:
        """Let that many bit times pass."""
        await Timer(round(bits * self.bit_ns), "ns")

    async def interrupt(self, within: float) -> None:
        """Wait for the interrupt line to rise, at most `within` bit times."""
        limit = round(within * self.bit_ns)
        await with_timeout(RisingEdge(self.dut.irq_o), limit, "ns")

    def source(self, bits: int = 8) -> UartSource:
        """What sends to the UART; a parity bit is one more, last, data bit of it."""
        return _quiet(UartSource(self.dut.rxd_i, baud=self.baud, bits=bits))

    def sink(self, bits: int = 8) -> UartSink:
        """What receives from the UART."""
        return _quiet(UartSink(self.dut.txd_o, baud=self.baud, bits=bits))


async def open_uart(
    dut: SimHandleBase,
    *,
    lcr: int = EIGHT_BITS,
    fcr: int = FIFO,
    ier: int = 0,
    divisor: int = FAST,
) -> Uart:
    """Reset the UART and set it up as a driver does."""
    port = await start(dut, **({"rxd_i": 1} if hasattr(dut, "rxd_i") else {}))
    uart = Uart(dut, port, divisor)
    await uart.write(Reg.IER, 0)
    await uart.write(Reg.LCR, DLAB)
    await uart.write(Reg.DLL, divisor & 0xFF)
    await uart.write(Reg.DLH, divisor >> 8)
    await uart.write(Reg.LCR, lcr)
    await uart.write(Reg.FCR, fcr)
    await uart.write(Reg.IER, ier)
    return uart


def _quiet(end: UartSource | UartSink) -> UartSource | UartSink:
    end.log.setLevel(logging.WARNING)
    return end
