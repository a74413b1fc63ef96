# SPDX-License-Identifier: Apache-2.0
"""/dev/remoteprocN (drivers/remoteproc/remoteproc_cdev.c)."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from host_side.fs.dynamic_majors import REMOTEPROC_MAJOR
from host_side.fs.file import FileOperations, IoctlArgument, OpenFile
from host_side.fs.node import CharDevice
from host_side.fs.tree import FileSystem
from host_side.kernel.errors import LinuxError
from host_side.remoteproc.names import starts
from host_side.remoteproc.states import State

if TYPE_CHECKING:
    from host_side.remoteproc.core import Rproc

MAX_COMMAND = 10
SET_SHUTDOWN_ON_RELEASE = 0x4004B701
GET_SHUTDOWN_ON_RELEASE = 0x8004B702


class RprocCdev(FileOperations):
    """Operations of one remote processor's device."""

    def __init__(self, rproc: Rproc) -> None:
        self._rproc = rproc
        self._put_on_release = False

    async def write(self, file: OpenFile, data: bytes) -> int:
        """start, stop or detach, or the beginning of one; a newline does not belong to it."""
        if not data or len(data) > MAX_COMMAND:
            raise LinuxError(errno.EINVAL)
        written = data.decode("latin-1")
        if starts("start", written):
            await self._rproc.boot()
        elif starts("stop", written):
            await self._rproc.shutdown()
        elif starts("detach", written):
            await self._rproc.detach()
        else:
            self._rproc.error("Unrecognized option")
            raise LinuxError(errno.EINVAL)
        return len(data)

    async def ioctl(self, file: OpenFile, command: int, argument: IoctlArgument) -> int:
        """Say, or ask, whether closing the file stops the remote (an int in memory)."""
        if command not in (SET_SHUTDOWN_ON_RELEASE, GET_SHUTDOWN_ON_RELEASE):
            self._rproc.error("Unsupported ioctl")
            raise LinuxError(errno.EINVAL)
        if not isinstance(argument, bytes | bytearray) or len(argument) < 4:
            raise LinuxError(errno.EFAULT)
        if command == SET_SHUTDOWN_ON_RELEASE:
            self._put_on_release = any(argument[:4])
        elif isinstance(argument, bytearray):
            argument[:4] = int(self._put_on_release).to_bytes(4, "little")
        else:
            raise LinuxError(errno.EFAULT)
        return 0

    async def release(self, file: OpenFile) -> None:
        """Stop or detach the remote if that was asked for."""
        if not self._put_on_release:
            return
        if self._rproc.state is State.RUNNING:
            await self._rproc.shutdown()
        elif self._rproc.state is State.ATTACHED:
            await self._rproc.detach()


class RprocDevices:
    """Keeps the nodes in /dev."""

    def __init__(self, fs: FileSystem) -> None:
        self._fs = fs

    def added(self, rproc: Rproc) -> None:
        """Make the node."""
        node = CharDevice(RprocCdev(rproc), REMOTEPROC_MAJOR, rproc.index)
        self._fs.add(f"/dev/{rproc.device_name}", node)

    def removed(self, rproc: Rproc) -> None:
        """Take it away."""
        self._fs.remove(f"/dev/{rproc.device_name}")
