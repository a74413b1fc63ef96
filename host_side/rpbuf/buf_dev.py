# SPDX-License-Identifier: Apache-2.0
"""/dev/rpbuf-<name>: one buffer for one process (rpbuf_dev.c).

Data is read and written in the mapped buffer; ioctls tell and ask where it lies. Signal-driven
input (SIGIO) is not modelled: RECEIVE waits instead.
"""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import TypeVar

from host_side.fs.file import FileOperations, IoctlArgument, OpenFile
from host_side.fs.flags import Poll
from host_side.kernel.errors import ERESTARTSYS, LinuxError
from host_side.kernel.platform import Platform, WaitQueue
from host_side.kernel.printk import ERR, INFO, WARNING
from host_side.rpbuf import uapi
from host_side.rpbuf.buffer import Buffer, BufferUser
from host_side.rpbuf.controller import Controller
from host_side.rpbuf.uapi import BufferInfo, Transfer

T = TypeVar("T")

OPEN_TIMEOUT_NS = 15_000_000_000
MS_PER_JIFFY = 10


class BufDev(FileOperations, BufferUser):
    """The device; it can be open once at a time."""

    acknowledges = True

    def __init__(self, platform: Platform, controller: Controller, info: BufferInfo) -> None:
        self.info = info
        self.name = f"rpbuf-{info.name}".replace("/", "!")
        self._platform = platform
        self._controller = controller
        self._buffer: Buffer | None = None
        self._in_use = False
        self._completed = False
        self._available = platform.wait_queue("rpbuf buffer")
        self._arrived = platform.wait_queue("message", "rpbuf")
        self._offset = self._length = -1
        """Where the last data lies that nobody has received yet."""

    # The buffer's callbacks.

    async def available(self, buffer: Buffer) -> None:
        """Both sides have it: open() may return."""
        self._completed = True
        self._available.wake_up()

    async def received(self, buffer: Buffer, offset: int, length: int) -> None:
        """Keep the place of the data; the one before is lost if nobody has asked for it."""
        if self._offset >= 0 or self._length >= 0:
            self._say("previous recv data not treated", WARNING)
        self._offset, self._length = _signed(offset), _signed(length)
        self._arrived.wake_up()

    # The file.

    async def open(self, file: OpenFile) -> None:
        """Allocate the buffer and wait until the remote has done so too.

        LinuxError EBUSY open already, ENOENT not allocated, EIO not available within 15 s,
        ERESTARTSYS.
        """
        if self._in_use:
            self._say(f"buffer {self.info.name} already in use")
            raise LinuxError(errno.EBUSY)
        self._in_use = True
        try:
            await self._allocate()
        except LinuxError:
            self._in_use = False
            raise

    async def _allocate(self) -> None:
        name = self.info.name
        self._completed = False
        buffer = await self._controller.alloc(name, self.info.len, self)
        if buffer is None:
            self._say(f"rpbuf_alloc_buffer for {name} failed")
            raise LinuxError(errno.ENOENT)
        try:
            await self._wait_available(name)
        except LinuxError:
            await self._controller.free(buffer)
            raise
        self._buffer = buffer

    async def _wait_available(self, name: str) -> None:
        try:
            done = await self._available.wait(
                lambda: self._completed, OPEN_TIMEOUT_NS, interruptible=True
            )
        except LinuxError:
            self._say("(rpbuf_buf_dev_open) kill signal occurs", INFO)
            raise
        if not done:
            self._say(f"wait for buffer {name} available timeout")
            raise LinuxError(errno.EIO)

    async def release(self, file: OpenFile) -> None:
        """Free the buffer; its memory is free when the remote has freed it as well."""
        buffer = self._buffer
        if buffer is not None:
            try:
                await self._controller.free(buffer)
            except LinuxError:
                self._say(f"rpbuf_free_buffer for {self.info.name} failed")
                raise
            self._buffer = None
        self._in_use = False

    def mmap(self, file: OpenFile, length: int) -> int:
        """Physical address to map; the length is not compared with the buffer's, as there."""
        return self._opened().pa

    def poll(self, file: OpenFile) -> Poll:
        """IN when data waits, unless it lies at the buffer's start: the original's ``> 0``."""
        waits = self._offset > 0 and self._length > 0
        return Poll.IN | Poll.RDNORM if waits else Poll(0)

    def poll_queue(self, file: OpenFile) -> WaitQueue:
        """Woken by data."""
        return self._arrived

    async def ioctl(self, file: OpenFile, command: int, argument: IoctlArgument) -> int:
        """The commands of magic 0xB9; LinuxError EINVAL for others."""
        if uapi.magic(command) != uapi.BUF_MAGIC:
            raise LinuxError(errno.EINVAL)
        if command == uapi.CHECK_AVAIL:
            if isinstance(argument, bytearray) and argument:  # put_user()'s error is not looked at
                argument[0] = int(self._controller.is_available(self._opened()))
        elif command == uapi.TRANSMIT_BUF:
            await self._transmit(argument)
        elif command == uapi.RECEIVE_BUF:
            await self._receive(argument)
        elif command == uapi.SET_SYNC_BUF:
            self._opened().sync = self._copied(lambda: uapi.read_flag(argument), "uint32_t")
        elif command == uapi.GET_PERF_DATA:
            raise LinuxError(errno.EPERM)  # not built in: rpbuf_get_perf_data() is -1
        else:
            self._say(f"invalid rpbuf buf_dev ioctl cmd: 0x{command:x}")
            raise LinuxError(errno.EINVAL)
        return 0

    async def _transmit(self, argument: IoctlArgument) -> None:
        transfer = self._copied(lambda: Transfer.read(argument), "rpbuf_buffer_xfer")
        try:
            await self._controller.transmit(self._opened(), transfer.offset, transfer.data_len)
        except LinuxError:
            self._say("transmit to remote failed")
            raise

    async def _receive(self, argument: IoctlArgument) -> None:
        """Wait for data; without any in time the result says so: no error, but -ETIMEDOUT in it."""
        wanted = self._copied(lambda: Transfer.read(argument), "rpbuf_buffer_xfer")
        left = await self._wait_data(wanted.timeout_ms)
        found = Transfer(self._offset, self._length, left)
        self._offset = self._length = -1
        try:
            uapi.copy_to_user(argument, found.pack())
        except LinuxError:
            self._say("copy_to_user rpbuf_buffer_xfer failed")
            raise
        buffer = self._opened()
        try:
            await self._controller.acknowledge(buffer)
        except LinuxError:
            failed = f'buffer "{buffer.name}" (id:{buffer.id}) notify remote failed'
            self._controller.say(failed, WARNING)
            raise LinuxError(errno.EFAULT) from None

    async def _wait_data(self, timeout_ms: int) -> int:
        """Milliseconds left, -ETIMEDOUT, or what came in when there is no limit."""
        if self._has_data() or timeout_ms == 0:
            return timeout_ms
        limit = None if timeout_ms < 0 else timeout_ms * 1_000_000
        begin = self._platform.clock.now_ns()
        try:
            arrived = await self._arrived.wait(self._has_data, limit, interruptible=True)
        except LinuxError:
            self._say("(rpbuf_buf_dev_ioctl_receive_buf) signal occurs", INFO)
            raise LinuxError(ERESTARTSYS) from None
        if timeout_ms < 0:
            return timeout_ms
        if not arrived:
            return -errno.ETIMEDOUT
        passed = (self._platform.clock.now_ns() - begin) // 1_000_000
        left = (timeout_ms - passed) // MS_PER_JIFFY * MS_PER_JIFFY
        return max(MS_PER_JIFFY, left)

    def _has_data(self) -> bool:
        return self._offset >= 0 and self._length >= 0

    def _opened(self) -> Buffer:
        assert self._buffer is not None
        return self._buffer

    def _copied(self, copy: Callable[[], T], what: str) -> T:
        try:
            return copy()
        except LinuxError:
            self._say(f"copy_from_user {what} failed")
            raise

    def _say(self, text: str, level: int = ERR) -> None:
        self._platform.printk(f"rpbuf {self.name}", text, level)


def _signed(number: int) -> int:
    return number - (1 << 32) if number >> 31 else number
