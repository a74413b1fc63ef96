# SPDX-License-Identifier: Apache-2.0
# DesignWare 8250 UART of the JH-7110: registers 4 bytes apart, 32-bit accesses.

from rtos_side import hal
from rtos_side.drivers.device import CLR_INT, FLAG_INT_RX, SET_INT
from rtos_side.kernel.errors import EOK

# Register numbers; the address is base + (number << reg_shift).
RBR = THR = DLL = 0
IER = DLH = 1
IIR = FCR = 2
LCR = 3
MCR = 4
LSR = 5
SCR = 7
USR = 31

IER_RX = 0x01
FCR_ENABLE = 0x01
LCR_8N1 = 0x03
LCR_DLAB = 0x80
LSR_DATA_READY = 0x01
LSR_THR_EMPTY = 0x20
IIR_MASK = 0x0F
IIR_BUSY = 0x07
IIR_TIMEOUT = 0x0C


class DwUart:
    # properties: base, clock_hz, baud; reg_shift where it is not 2; poll_stall, the clocks that the
    # hart stands still in each turn of the loop that waits for the transmitter.
    def __init__(self, properties):
        self._base = properties["base"]
        self._shift = properties.get("reg_shift", 2)
        self._clock_hz = properties["clock_hz"]
        self._lsr = self._base + (LSR << self._shift)
        self._data = self._base + (RBR << self._shift)
        look = ((hal.LOAD, self._lsr, 4),)
        stall = properties.get("poll_stall", 0)
        if stall:
            look += ((hal.WAIT, stall, 0),)
        self._ready = (hal.POLL, look, LSR_THR_EMPTY)

    async def _read(self, register):
        return await hal.read32(self._base + (register << self._shift))

    async def _write(self, register, value):
        await hal.write32(self._base + (register << self._shift), value)

    # Divisor for a baud rate, rounded to the nearest: 13 for 115200 from 24 MHz.
    def divisor(self, baud):
        return (self._clock_hz + 8 * baud) // (16 * baud)

    # The order is that of uart_init() in the JH-7110 port.
    async def configure(self, config):
        divisor = self.divisor(config.baud_rate)
        await self._write(IER, 0)
        await self._write(LCR, LCR_DLAB)
        await self._write(DLL, divisor & 0xFF)
        await self._write(DLH, divisor >> 8)
        await self._write(LCR, LCR_8N1)
        await self._write(FCR, FCR_ENABLE)
        await self._write(MCR, 0)
        await self._read(LSR)
        await self._read(RBR)
        await self._write(SCR, 0)

    async def control(self, command, argument):
        if argument == FLAG_INT_RX:
            if command == SET_INT:
                await self._write(IER, await self._read(IER) | IER_RX)
            elif command == CLR_INT:
                await self._write(IER, await self._read(IER) & ~IER_RX)
        return EOK

    # Waits until the transmitter can take a byte. Polled, so it costs the caller's CPU time.
    async def putc(self, byte):
        await hal.perform(self._ready)
        await hal.write32(self._data, byte)

    # The next received byte, or -1.
    async def getc(self):
        if await hal.read32(self._lsr) & LSR_DATA_READY:
            return await hal.read32(self._data) & 0xFF
        return -1

    # The interrupt of this UART, on behalf of the serial device that it belongs to.
    #
    # Two causes cannot be cleared by reading data, and the JH-7110 port, which looks at neither,
    # would take them for ever:
    # - busy detect (an LCR write while a character is on the wire): only reading USR clears it;
    # - a receive timeout with nothing in the FIFO: a dummy read of RBR clears it.
    async def handle(self, serial):
        cause = await self._read(IIR) & IIR_MASK
        if cause == IIR_BUSY:
            await self._read(USR)
            return
        taken = await serial.receive()
        if taken == 0 and cause == IIR_TIMEOUT:
            await hal.read32(self._data)
