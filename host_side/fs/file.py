# SPDX-License-Identifier: Apache-2.0
"""File operations as drivers give them, and the open file a process holds a descriptor to."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, NoReturn

from host_side.fs.flags import O_ACCMODE, O_NONBLOCK, O_RDONLY, O_WRONLY, POLL_ALWAYS, Poll
from host_side.kernel.errors import LinuxError

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from host_side.kernel.platform import WaitQueue

IoctlArgument = int | bytes | bytearray | None
"""An integer, or the memory a user pointer points to; None is a bad pointer."""


class FileOperations:
    """struct file_operations: what a driver leaves out behaves as on Linux without it."""

    is_terminal = False
    """A terminal stands behind it (isatty)."""

    async def open(self, file: OpenFile) -> None:
        """Called for each open(2); raise LinuxError to refuse it."""

    async def release(self, file: OpenFile) -> None:
        """Called when the open file is closed."""

    async def read(self, file: OpenFile, count: int) -> bytes:
        """Up to ``count`` bytes, none at the end of the file."""
        raise LinuxError(errno.EINVAL)

    async def write(self, file: OpenFile, data: bytes) -> int:
        """Bytes taken."""
        raise LinuxError(errno.EINVAL)

    async def ioctl(self, file: OpenFile, command: int, argument: IoctlArgument) -> int:
        """Result of a device command; results are written into a bytearray argument."""
        raise LinuxError(errno.ENOTTY)

    def mmap(self, file: OpenFile, length: int) -> int:
        """Physical address of the memory that mmap(2) maps; refused without this operation."""
        raise LinuxError(errno.ENODEV)

    def poll(self, file: OpenFile) -> Poll:
        """Events that are pending now."""
        return POLL_ALWAYS

    def poll_queue(self, file: OpenFile) -> WaitQueue | None:
        """Where to sleep for a change of ``poll()``; None when it never changes."""
        return None


async def _refuse(number: int) -> NoReturn:
    raise LinuxError(number)


class OpenFile:
    """An open file description: flags, position, and the operations behind it."""

    def __init__(self, operations: FileOperations, flags: int, path: str) -> None:
        self.operations = operations
        self.flags = flags
        self.path = path
        self.position = 0
        self.closed = False
        self.private: object = None
        """For the driver (filp->private_data)."""

    @property
    def nonblocking(self) -> bool:
        """O_NONBLOCK is set."""
        return bool(self.flags & O_NONBLOCK)

    # The next three hand out the operation's own awaitable: a coroutine around it would be one more
    # frame to resume at each of its bus cycles.

    def read(self, count: int) -> Awaitable[bytes]:
        """Up to ``count`` bytes; EBADF when opened for writing only."""
        if self.closed or self.flags & O_ACCMODE == O_WRONLY:
            return _refuse(errno.EBADF)
        return self.operations.read(self, count)

    def write(self, data: bytes) -> Awaitable[int]:
        """Bytes taken; EBADF when opened for reading only."""
        if self.closed or self.flags & O_ACCMODE == O_RDONLY:
            return _refuse(errno.EBADF)
        return self.operations.write(self, data)

    def ioctl(self, command: int, argument: IoctlArgument = 0) -> Awaitable[int]:
        """Device command."""
        if self.closed:
            return _refuse(errno.EBADF)
        return self.operations.ioctl(self, command, argument)

    def poll(self) -> Poll:
        """Events that are pending now."""
        return self.operations.poll(self)

    async def close(self) -> None:
        """Give the file back; EBADF when closed already."""
        if self.closed:
            raise LinuxError(errno.EBADF)
        self.closed = True
        await self.operations.release(self)
