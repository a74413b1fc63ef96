# SPDX-License-Identifier: Apache-2.0
"""pipe(2): a bounded byte queue between two open files."""

from __future__ import annotations

import errno

from host_side.fs.file import FileOperations, OpenFile
from host_side.fs.flags import O_RDONLY, O_WRONLY, Poll
from host_side.kernel.errors import LinuxError
from host_side.kernel.platform import Platform, WaitQueue

PIPE_SIZE = 65536
"""Bytes a pipe holds before writers wait."""


class Pipe(FileOperations):
    """The operations of both ends; ``ends()`` makes the two open files."""

    def __init__(self, platform: Platform) -> None:
        self._buffer = bytearray()
        self._queue = platform.wait_queue("pipe")
        self._readers = 1
        self._writers = 1

    def ends(self) -> tuple[OpenFile, OpenFile]:
        """The file to read from and the file to write to."""
        return OpenFile(self, O_RDONLY, "pipe:"), OpenFile(self, O_WRONLY, "pipe:")

    async def read(self, file: OpenFile, count: int) -> bytes:
        """What is there, at least a byte; end of file when nobody can write any more."""
        if not self._buffer and self._writers:
            if file.nonblocking:
                raise LinuxError(errno.EAGAIN)
            await self._queue.wait(lambda: self._buffer or not self._writers, interruptible=True)
        data = bytes(self._buffer[:count])
        del self._buffer[:count]
        self._queue.wake_up()
        return data

    async def write(self, file: OpenFile, data: bytes) -> int:
        """All of it, in pieces when the pipe is full; EPIPE when nobody reads."""
        written = 0
        while written < len(data):
            room = PIPE_SIZE - len(self._buffer)
            if self._readers and not room:
                if file.nonblocking:
                    break
                await self._queue.wait(self._writable, interruptible=True)
                continue
            if not self._readers:
                raise LinuxError(errno.EPIPE)
            self._buffer += data[written : written + room]
            written += min(room, len(data) - written)
            self._queue.wake_up()
        if data and not written:
            raise LinuxError(errno.EAGAIN)
        return written

    async def release(self, file: OpenFile) -> None:
        """One end is closed: the other wakes."""
        if file.flags == O_RDONLY:
            self._readers -= 1
        else:
            self._writers -= 1
        self._queue.wake_up()

    def poll(self, file: OpenFile) -> Poll:
        """IN with bytes, HUP without writers, OUT with room, ERR without readers."""
        if file.flags == O_RDONLY:
            events = Poll.IN | Poll.RDNORM if self._buffer else Poll(0)
            return events if self._writers else events | Poll.HUP
        events = Poll.OUT | Poll.WRNORM if len(self._buffer) < PIPE_SIZE else Poll(0)
        return events if self._readers else events | Poll.ERR

    def poll_queue(self, file: OpenFile) -> WaitQueue:
        """Woken by every change."""
        return self._queue

    def _writable(self) -> bool:
        return not self._readers or len(self._buffer) < PIPE_SIZE
