# SPDX-License-Identifier: Apache-2.0
"""Which kind of 8250 a UART is: told by its parameter register, or found out by trying.

dw8250_setup_port() and autoconfig() of Linux 5.15, without the variants of the 16550A.
"""

from __future__ import annotations

from typing import NamedTuple

from host_side.drivers.dw8250_registers import (
    CPR,
    DLF,
    EFR,
    FCR,
    FCR_ENABLE,
    FCR_TRIGGER_8,
    IER,
    IIR,
    LCR,
    LCR_CONF_MODE_B,
    MCR,
    MCR_LOOP,
    MSR,
    RX,
    SCR,
    UCV,
    Registers,
)

FIFO_UNIT = 16
"""Bytes that one count of CPR.FIFO_MODE stands for."""


class PortType(NamedTuple):
    """An entry of uart_config[]; ``fifo_size`` is in bytes and also what one refill loads."""

    name: str
    fifo_size: int = 1
    fcr: int = 0
    has_fifo: bool = False


PORT_UNKNOWN = PortType("unknown", 0)
PORT_8250 = PortType("8250")
PORT_16450 = PortType("16450")
PORT_16550 = PortType("16550")
PORT_16550A = PortType("16550A", 16, FCR_ENABLE | FCR_TRIGGER_8, True)


class Parameters(NamedTuple):
    """What the component's own registers say; ``type`` is None when they say nothing of it."""

    type: PortType | None = None
    dlf_bits: int = 0
    """Bits of the divisor's fraction."""


async def read_parameters(registers: Registers) -> Parameters:
    """dw8250_setup_port: without a version there are no additional registers."""
    if not await registers.read_word(UCV):
        return Parameters()
    await registers.write_word(DLF, 0xFFFF_FFFF)
    dlf_bits = (await registers.read_word(DLF)).bit_length()
    await registers.write_word(DLF, 0)
    fifo_mode = await registers.read_word(CPR) >> 16 & 0xFF
    if not fifo_mode:
        return Parameters(None, dlf_bits)
    return Parameters(PORT_16550A._replace(fifo_size=fifo_mode * FIFO_UNIT), dlf_bits)


async def autoconfig(registers: Registers) -> PortType:
    """Find out what stands at the address; PORT_UNKNOWN when it is no UART."""
    if not await _ier_holds(registers):
        return PORT_UNKNOWN
    mcr = await registers.read(MCR)
    lcr = await registers.read(LCR)
    await registers.write(MCR, MCR_LOOP | 0x0A)
    status = await registers.read(MSR) & 0xF0
    await registers.write(MCR, mcr)
    if status != 0x90:
        return PORT_UNKNOWN
    found = await _by_fifo(registers)
    await registers.write(LCR, lcr)
    if found is not PORT_UNKNOWN:
        registers.has_fifo = found.has_fifo
        await registers.write(MCR, mcr)
        await registers.clear_fifos()
        await registers.read(RX)
        await registers.write(IER, 0)
    return found


async def _ier_holds(registers: Registers) -> bool:
    before = await registers.read(IER)
    await registers.write(IER, 0)
    low = await registers.read(IER) & 0x0F
    await registers.write(IER, 0x0F)
    high = await registers.read(IER) & 0x0F
    await registers.write(IER, before)
    return (low, high) == (0x00, 0x0F)


async def _by_fifo(registers: Registers) -> PortType:
    await registers.write(LCR, LCR_CONF_MODE_B)
    await registers.write(EFR, 0)
    await registers.write(LCR, 0)
    await registers.write(FCR, FCR_ENABLE)
    fifo = await registers.read(IIR) >> 6 & 3
    if fifo == 0:
        return await _by_scratch(registers)
    return (PORT_UNKNOWN, PORT_16550, PORT_16550A)[fifo - 1]


async def _by_scratch(registers: Registers) -> PortType:
    before = await registers.read(SCR)
    read_back = []
    for pattern in (0xA5, 0x5A):
        await registers.write(SCR, pattern)
        read_back.append(await registers.read(SCR))
    await registers.write(SCR, before)
    return PORT_16450 if read_back == [0xA5, 0x5A] else PORT_8250
