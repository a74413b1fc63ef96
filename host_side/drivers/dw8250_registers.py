# SPDX-License-Identifier: Apache-2.0
"""Registers of the DesignWare 8250, and their access as 8250_dw.c of Linux 5.15 does it.

A write of LCR while the UART is busy is ignored by the hardware, so each one is read back.
"""

from __future__ import annotations

from host_side.kernel.platform import Bus

RX = TX = DLL = 0x0
IER = DLM = 0x1
IIR = FCR = EFR = 0x2
LCR, MCR, LSR, MSR, SCR = 0x3, 0x4, 0x5, 0x6, 0x7
USR = 0x1F
"""Register numbers, in steps of ``1 << reg-shift`` bytes."""

DLF, CPR, UCV = 0xC0, 0xF4, 0xF8
"""Byte offsets of the registers that are always accessed as 32-bit words."""

IER_RDI, IER_THRI, IER_RLSI = 0x01, 0x02, 0x04
IIR_NO_INT, IIR_BUSY, IIR_RX_TIMEOUT = 0x01, 0x07, 0x0C
FCR_ENABLE, FCR_CLEAR_RCVR, FCR_CLEAR_XMIT, FCR_TRIGGER_8 = 0x01, 0x02, 0x04, 0x80
LCR_WLEN8, LCR_STOP, LCR_PARITY, LCR_EPAR = 0x03, 0x04, 0x08, 0x10
LCR_SPAR, LCR_SBC, LCR_DLAB = 0x20, 0x40, 0x80
LCR_CONF_MODE_B = 0xBF
MCR_DTR, MCR_RTS, MCR_OUT2, MCR_LOOP = 0x01, 0x02, 0x08, 0x10
LSR_DR, LSR_OE, LSR_PE, LSR_FE, LSR_BI, LSR_THRE, LSR_TEMT = (1 << bit for bit in range(7))
LSR_ERRORS = LSR_OE | LSR_PE | LSR_FE | LSR_BI
BOTH_EMPTY = LSR_THRE | LSR_TEMT

LCR_TRIES = 1000


class Registers:
    """The register block of one UART.

    ``width`` is the bytes of an access (``reg-io-width``). With ``compatible`` (the property
    ``snps,uart-16550-compatible``) there is no busy detection, and LCR is simply written.
    """

    def __init__(self, bus: Bus, base: int, shift: int, width: int, compatible: bool) -> None:
        self.base = base
        self.compatible = compatible
        self.has_fifo = False
        self.fcr = 0
        """What FCR holds while the port is open."""
        self._load, self._store = bus.load, bus.store
        self._shift = shift
        self._width = width

    async def read(self, number: int) -> int:
        """One load of register ``number``."""
        return await self._load(self.base + (number << self._shift), self._width)

    async def write(self, number: int, value: int) -> None:
        """One store to register ``number``; LCR is verified."""
        await self._store(self.base + (number << self._shift), self._width, value)
        if number == LCR and not self.compatible:
            await self._check_lcr(value)

    async def write_sync(self, number: int, value: int) -> None:
        """A store followed by a load without side effects (serial_port_out_sync)."""
        await self.write(number, value)
        await self.read(LCR)

    async def read_word(self, offset: int) -> int:
        """One load of the word at a byte offset."""
        return await self._load(self.base + offset, 4)

    async def write_word(self, offset: int, value: int) -> None:
        """One store to the word at a byte offset."""
        await self._store(self.base + offset, 4, value)

    async def clear_fifos(self) -> None:
        """Empty both FIFOs and leave them disabled (serial8250_clear_fifos)."""
        if self.has_fifo:
            await self.write(FCR, FCR_ENABLE)
            await self.write(FCR, FCR_ENABLE | FCR_CLEAR_RCVR | FCR_CLEAR_XMIT)
            await self.write(FCR, 0)

    async def _check_lcr(self, value: int) -> None:
        """dw8250_check_lcr: until LCR holds the value, force the UART idle and write it again.

        Gives up in silence, as the original does.
        """
        for _ in range(LCR_TRIES):
            if not (await self.read(LCR) ^ value) & ~LCR_SPAR:
                return
            await self._force_idle()
            await self._store(self.base + (LCR << self._shift), self._width, value)

    async def _force_idle(self) -> None:
        await self.clear_fifos()
        await self.write(FCR, self.fcr)
        await self.read(RX)
