# SPDX-License-Identifier: Apache-2.0
"""One /dev/ttyRPMSGN: the raw line discipline between user reads and writes and an endpoint."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from host_side.fs.file import FileOperations, OpenFile
from host_side.fs.flags import POLL_ALWAYS, Poll
from host_side.kernel.errors import LinuxError
from host_side.kernel.platform import Platform, WaitQueue
from host_side.kernel.printk import ERR, RateLimit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from host_side.rpmsg.core import RpmsgEndpoint

TTY_WRITE_CHUNK = 2048
"""The tty core hands user data on in pieces of this size (drivers/tty/tty_io.c)."""
RPMSG_MTU = 496
"""Largest payload of a message; also what write_room() always answers."""
FLIP_LIMIT = 640 * 1024
"""Bytes the tty buffer of a port takes (TTYB_DEFAULT_MEM_LIMIT)."""
LINE_LIMIT = 4095
"""Bytes the line discipline holds ready for readers (N_TTY_BUF_SIZE - 1)."""


def split(chunk: bytes) -> Iterator[bytes]:
    """The messages a piece of user data becomes, at most 496 bytes each."""
    for offset in range(0, len(chunk), RPMSG_MTU):
        yield chunk[offset : offset + RPMSG_MTU]


class RpmsgTtyPort(FileOperations):
    """A port. Received bytes wait in the flip buffer until the port is open, then move to the
    line discipline with the next message or read. Its termios has neither ECHO, ICANON nor OPOST.
    """

    def __init__(self, platform: Platform, ept: RpmsgEndpoint, prefix: str) -> None:
        self._platform = platform
        self._ept = ept
        self._prefix = prefix
        self._flip = bytearray()
        self._line = bytearray()
        self._opens = 0
        self._hung_up = False
        self._readers = platform.wait_queue("message", "rpmsg tty")
        self._limit = RateLimit()

    async def receive(self, data: bytes) -> None:
        """Bytes of one message; what does not fit is lost, with a line in the log."""
        if not data:
            return
        await self._platform.spend("copy")
        room = FLIP_LIMIT - len(self._flip)
        if len(data) > room and self._limit.allow(self._platform.clock.now_ns()):
            text = f"Trunc buffer: available space is {room}"
            self._platform.printk(self._prefix, text, ERR)
        self._flip += data[:room]
        self._push()

    def hangup(self) -> None:
        """The channel is gone (tty_vhangup)."""
        self._hung_up = True
        self._readers.wake_up()

    async def open(self, file: OpenFile) -> None:
        """Any number of opens; EIO after a hangup."""
        if self._hung_up:
            raise LinuxError(errno.EIO)
        self._opens += 1

    async def release(self, file: OpenFile) -> None:
        """The last close drops what the line discipline holds."""
        self._opens -= 1
        if not self._opens:
            self._line.clear()

    async def read(self, file: OpenFile, count: int) -> bytes:
        """At least one byte (VMIN 1); EAGAIN with O_NONBLOCK; end of file after a hangup."""
        if not self._line and not self._hung_up:
            if file.nonblocking:
                raise LinuxError(errno.EAGAIN)
            await self._readers.wait(lambda: self._line or self._hung_up, interruptible=True)
        if self._hung_up:
            return b""
        data = bytes(self._line[:count])
        del self._line[:count]
        self._push()
        await self._platform.spend("copy")
        return data

    async def write(self, file: OpenFile, data: bytes) -> int:
        """Bytes sent; an error only when nothing was (ENOMEM: no buffer, EIO: hung up)."""
        if self._hung_up:
            raise LinuxError(errno.EIO)
        await self._platform.spend("copy")
        written = 0
        while written < len(data):
            try:
                written += await self._write_chunk(data[written : written + TTY_WRITE_CHUNK])
            except LinuxError:
                if not written:
                    raise
                break
        return written

    def poll(self, file: OpenFile) -> Poll:
        """IN with bytes to read; OUT always, as write_room() never says less than 496."""
        if self._hung_up:
            return POLL_ALWAYS | Poll.ERR | Poll.HUP
        writable = Poll.OUT | Poll.WRNORM
        return writable | Poll.IN | Poll.RDNORM if self._line else writable

    def poll_queue(self, file: OpenFile) -> WaitQueue:
        """Woken by received bytes and by a hangup."""
        return self._readers

    async def _write_chunk(self, chunk: bytes) -> int:
        """n_tty_write(): bytes sent before the first error, which is raised when there are none."""
        sent = 0
        for message in split(chunk):
            try:
                await self._ept.trysend(message)
            except LinuxError:
                if not sent:
                    raise
                break
            sent += len(message)
        return sent

    def _push(self) -> None:
        """Flip buffer to line discipline, as far as an open port has room (flush_to_ldisc)."""
        if not self._opens:
            return
        room = LINE_LIMIT - len(self._line)
        self._line += self._flip[:room]
        del self._flip[:room]
        if self._line:
            self._readers.wake_up()
