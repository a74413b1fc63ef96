# SPDX-License-Identifier: Apache-2.0
"""The tty of a serial port: transmit ring and receive buffers between driver and user.

Bytes pass as they are: echo, line editing and ``\\n`` to ``\\r\\n`` are up to the user of the tty.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from host_side.drivers.irqs_off import IrqsOff
from host_side.kernel.linux import LinuxKernel
from host_side.kernel.platform import Work
from host_side.kernel.printk import WARNING
from host_side.kernel.timers import HZ

XMIT_SIZE = 4096
"""Size of the transmit ring (UART_XMIT_SIZE); one byte of it stays free."""
WAKEUP_CHARS = 256
"""Writers go on when fewer bytes than this are left to send."""
FLIP_LIMIT = 640 * 1024
"""Bytes the flip buffer of a port takes (TTYB_DEFAULT_MEM_LIMIT)."""
LINE_LIMIT = 4095
"""Bytes the line discipline holds ready for readers (N_TTY_BUF_SIZE - 1)."""


class TransmitRing:
    """struct circ_buf: bytes between the writers and the transmitter."""

    def __init__(self) -> None:
        self._buffer = bytearray(XMIT_SIZE)
        self._head = 0
        self._tail = 0

    @property
    def pending(self) -> int:
        """Bytes that wait to be sent."""
        return (self._head - self._tail) % XMIT_SIZE

    @property
    def room(self) -> int:
        """Bytes that fit."""
        return XMIT_SIZE - 1 - self.pending

    def put(self, data: bytes | memoryview) -> int:
        """Append what fits of ``data``; how many bytes that was."""
        count = min(len(data), self.room)
        for byte in data[:count]:
            self._buffer[self._head] = byte
            self._head = (self._head + 1) % XMIT_SIZE
        return count

    def take(self) -> int:
        """The next byte to send; there must be one."""
        byte = self._buffer[self._tail]
        self._tail = (self._tail + 1) % XMIT_SIZE
        return byte

    def clear(self) -> None:
        """Forget what waits."""
        self._tail = self._head


class SerialTty:
    """A ``Tty`` for ``Shell.interactive``. ``start_tx`` makes the driver send what waits.

    Received bytes reach readers by way of the work queue (tty_flip_buffer_push).
    """

    def __init__(
        self, kernel: LinuxKernel, name: str, start_tx: Callable[[], Awaitable[None]]
    ) -> None:
        self.name = name
        self.ring = TransmitRing()
        self.hung_up = False
        self.readers = kernel.wait_queue("input", "tty")
        """Woken by received bytes and by a hangup."""
        self._kernel = kernel
        self._start_tx = start_tx
        self._writers = kernel.wait_queue("room", "tty")
        self._flip = bytearray()
        self._line = bytearray()
        self._overruns = 0
        self._overrun = False
        self._warned: int | None = None
        self._work = Work(self._flush, f"flush_to_ldisc {name}")

    # For the user.

    @property
    def readable(self) -> bool:
        """``read`` would not sleep."""
        return bool(self._line) or self.hung_up

    async def read(self, interruptible: bool = False) -> bytes:
        """Everything received and not read, at least one byte; none after a hangup.

        With ``interruptible`` a signal ends the wait with LinuxError ERESTARTSYS.
        """
        await self.readers.wait(lambda: self.readable, interruptible=interruptible)
        if self.hung_up:
            return b""
        data = bytes(self._line)
        self._line.clear()
        if self._flip:
            self._kernel.schedule_work(self._work)
        await self._kernel.spend("copy")
        return data

    async def write(self, data: bytes) -> None:
        """Queue ``data`` for sending; sleeps while the ring is full. After a hangup it is lost.

        A signal ends the wait with LinuxError ERESTARTSYS.
        """
        await self._kernel.spend("copy")
        rest = memoryview(data)
        while rest and not self.hung_up:
            with IrqsOff(self._kernel.cpu):
                rest = rest[self.ring.put(rest) :]
                await self._start_tx()
            if rest:
                await self._writers.wait(lambda: self.ring.room or self.hung_up, interruptible=True)

    # For the driver.

    def receive(self, byte: int) -> bool:
        """Take a byte (in interrupt context); False when it was lost for want of room."""
        if len(self._flip) >= FLIP_LIMIT:
            return False
        self._flip.append(byte)
        return True

    def overrun(self) -> None:
        """The receiver has lost bytes."""
        self._overruns += 1
        self._overrun = True

    async def push(self) -> None:
        """Hand on what was received (in interrupt context)."""
        self._kernel.schedule_work(self._work)
        await self._kernel.spend("work_wake")

    def wake_writers(self) -> None:
        """There is room in the ring again."""
        self._writers.wake_up()

    async def hang_up(self) -> None:
        """The port goes away: readers get the end of file, what is written is lost."""
        self.hung_up = True
        self.ring.clear()
        self.readers.wake_up()
        self._writers.wake_up()
        await self._kernel.cancel_work(self._work)

    async def _flush(self) -> None:
        """flush_to_ldisc: as much as readers have left room for."""
        if self._overrun:
            self._overrun = False
            self._warn()
        room = LINE_LIMIT - len(self._line)
        self._line += self._flip[:room]
        del self._flip[:room]
        self.readers.wake_up()

    def _warn(self) -> None:
        """At most one warning a second, as n_tty_receive_overrun."""
        now = self._kernel.jiffies
        if self._warned is None or now > self._warned + HZ:
            text = f"{self._overruns} input overrun(s)"
            self._kernel.printk(f"ttyS {self.name}", text, WARNING)
            self._warned, self._overruns = now, 0
