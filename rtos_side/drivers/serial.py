# SPDX-License-Identifier: Apache-2.0
# Serial framework, version 1 of RT-Thread: receive ring filled by interrupt, transmit by polling.

from rtos_side.drivers.device import (
    CHARACTER,
    CLOSE,
    CLR_INT,
    CONFIG,
    FLAG_ACTIVATED,
    FLAG_DMA_RX,
    FLAG_DMA_TX,
    FLAG_INT_RX,
    FLAG_INT_TX,
    FLAG_STREAM,
    FLAG_SUSPENDED,
    RESUME,
    SET_INT,
    SUSPEND,
    Device,
)
from rtos_side.kernel.errors import EBUSY, EIO, EOK

RING_SIZE = 128  # RT_SERIAL_RB_BUFSZ

_NEWLINE = 0x0A
_RETURN = 0x0D
_MODES = (FLAG_DMA_RX, FLAG_DMA_TX, FLAG_INT_RX, FLAG_INT_TX)

OVERRUN_WARNING = (
    "[W/UART] Warning: There is no enough buffer for saving data,"
    " please increase the RT_SERIAL_RB_BUFSZ option.\n"
)


class SerialConfig:
    def __init__(self, baud_rate=115200, bufsz=RING_SIZE):
        self.baud_rate = baud_rate
        self.bufsz = bufsz


# Bytes between the interrupt handler and the reader. One place stays free to tell full from empty.
class RxRing:
    def __init__(self, size):
        self._buffer = bytearray(size)
        self._size = size
        self._put = 0
        self._get = 0

    def __len__(self):
        return (self._put - self._get) % self._size

    # Store a byte. When that fills the ring the oldest byte is dropped. -> True if it was.
    def push(self, byte):
        self._buffer[self._put] = byte
        self._put = (self._put + 1) % self._size
        if self._put != self._get:
            return False
        self._get = (self._get + 1) % self._size
        return True

    # The oldest byte, or -1 when there is none.
    def pop(self):
        if self._get == self._put:
            return -1
        byte = self._buffer[self._get]
        self._get = (self._get + 1) % self._size
        return byte


# port: the UART driver below, with async configure(config), control(command, argument), putc(byte)
# and getc() -> byte or -1.
class Serial(Device):
    def __init__(self, name, port, config, flag):
        Device.__init__(self, name, CHARACTER, flag)
        self.port = port
        self.config = config
        self.rx = None
        # Set once, by the first byte that found the ring full.
        self.overrun = False

    async def _init(self):
        self.rx = None
        await self.port.configure(self.config)
        return EOK

    # A mode may only be asked for when the device was registered with it. STREAM, once asked for,
    # stays for as long as the device is open.
    async def _open(self, oflag):
        for mode in _MODES:
            if oflag & mode and not self.flag & mode:
                return -EIO
        stream = (oflag | self.open_flag) & FLAG_STREAM
        self.open_flag = oflag & 0xFF | stream
        if oflag & FLAG_INT_RX:
            self.open_flag |= FLAG_INT_RX
            if self.rx is None:
                self.rx = RxRing(self.config.bufsz)
                await self.port.control(SET_INT, FLAG_INT_RX)
        elif self.rx is not None:
            self.open_flag |= FLAG_INT_RX
        return EOK

    async def _close(self):
        if self.open_flag & FLAG_INT_RX:
            self.rx = None
            self.open_flag &= ~FLAG_INT_RX
            await self.port.control(CLR_INT, FLAG_INT_RX)
        await self.port.control(CLOSE, None)
        self.flag &= ~FLAG_ACTIVATED
        return EOK

    # With interrupts: what the ring holds, at once. Without: poll the hardware.
    async def _read(self, position, buffer, size):
        if self.open_flag & FLAG_INT_RX:
            return self._read_ring(buffer, size)
        return await self._read_poll(buffer, size)

    def _read_ring(self, buffer, size):
        for count in range(size):
            byte = self.rx.pop()
            if byte < 0:
                return count
            buffer[count] = byte
        return size

    # Stops where the receiver is empty and, in STREAM mode, after a newline.
    async def _read_poll(self, buffer, size):
        for count in range(size):
            byte = await self.port.getc()
            if byte < 0:
                return count
            buffer[count] = byte
            if byte == _NEWLINE and self.open_flag & FLAG_STREAM:
                return count + 1
        return size

    async def _write(self, position, data, size):
        for i in range(size):
            byte = data[i]
            if byte == _NEWLINE and self.open_flag & FLAG_STREAM:
                await self.port.putc(_RETURN)
            await self.port.putc(byte)
        return size

    async def _control(self, command, argument):
        if command == SUSPEND:
            self.flag |= FLAG_SUSPENDED
        elif command == RESUME:
            self.flag &= ~FLAG_SUSPENDED
        elif command == CONFIG:
            return await self._reconfigure(argument)
        else:
            return await self.port.control(command, argument)
        return EOK

    # The ring cannot change its size while it is in use.
    async def _reconfigure(self, config):
        if self.ref_count and config.bufsz != self.config.bufsz:
            return -EBUSY
        self.config = config
        if self.ref_count:
            await self.port.configure(config)
        return EOK

    # Receive interrupt (rt_hw_serial_isr, RX_IND): empty the hardware, then tell the reader once.
    # -> bytes taken from the hardware
    async def receive(self):
        ring = self.rx
        if ring is None:
            return 0
        taken = 0
        while True:
            byte = await self.port.getc()
            if byte < 0:
                break
            taken += 1
            if ring.push(byte) and not self.overrun:
                self.overrun = True
                await self.warn(OVERRUN_WARNING)
        if len(ring) and self.rx_indicate is not None:
            await self.rx_indicate(self, len(ring))
        return taken

    # Where the overrun warning goes: this device, which is the console.
    async def warn(self, text):
        await self.write(0, text.encode(), len(text))
