# SPDX-License-Identifier: Apache-2.0
"""/dev/rpbuf_ctrlN: makes and removes the devices of buffers (rpbuf_dev.c)."""

from __future__ import annotations

import errno

from host_side.fs.dynamic_majors import RPBUF_MAJOR
from host_side.fs.file import FileOperations, IoctlArgument, OpenFile
from host_side.fs.node import CharDevice
from host_side.fs.tree import FileSystem
from host_side.kernel.errors import LinuxError
from host_side.kernel.platform import Platform
from host_side.kernel.printk import ERR
from host_side.rpbuf import uapi
from host_side.rpbuf.buf_dev import BufDev
from host_side.rpbuf.controller import Controller
from host_side.rpbuf.uapi import BufferInfo
from host_side.rpmsg.minors import Minors


class CtrlDev(FileOperations):
    """The control device of one controller. The last buffer a file made goes away with it."""

    def __init__(
        self,
        platform: Platform,
        fs: FileSystem,
        minors: Minors,
        controller: Controller,
        number: int,
    ) -> None:
        self.name = f"rpbuf_ctrl{number}"
        self._platform = platform
        self._fs = fs
        self._minors = minors
        self._controller = controller
        self._buf_devs: dict[str, tuple[BufDev, int]] = {}
        self._minor = minors.alloc()
        fs.add(f"/dev/{self.name}", CharDevice(self, RPBUF_MAJOR, self._minor))

    async def ioctl(self, file: OpenFile, command: int, argument: IoctlArgument) -> int:
        """CREATE (EEXIST) and DESTROY (ENOENT) of magic 0xB8; EIO for a bad pointer, or EINVAL."""
        if uapi.magic(command) != uapi.CTRL_MAGIC:
            raise LinuxError(errno.EINVAL)
        if command not in (uapi.CREATE_BUF, uapi.DESTROY_BUF):
            self._say(f"invalid rpbuf ctrl_dev ioctl cmd: 0x{command:x}")
            raise LinuxError(errno.EINVAL)
        try:
            info = BufferInfo.read(argument)
        except LinuxError:
            self._say("copy_from_user rpbuf_buffer_info failed")
            raise
        if command == uapi.CREATE_BUF:
            file.private = self._create(info)
        else:
            self._destroy(info.name)
            file.private = None
        return 0

    async def release(self, file: OpenFile) -> None:
        """Remove the device that this file made last and did not destroy."""
        buf_dev = file.private
        if isinstance(buf_dev, BufDev):
            known = self._buf_devs.get(buf_dev.info.name)
            if known is not None and known[0] is buf_dev:
                self._remove(buf_dev.info.name)

    def remove(self) -> None:
        """Remove the device and those of its buffers."""
        for name in list(self._buf_devs):
            self._remove(name)
        self._fs.remove(f"/dev/{self.name}")
        self._minors.free(self._minor)

    def _create(self, info: BufferInfo) -> BufDev:
        if info.name in self._buf_devs:
            self._say(f"buf_dev named {info.name} already exists")
            raise LinuxError(errno.EEXIST)
        buf_dev = BufDev(self._platform, self._controller, info)
        minor = self._minors.alloc()
        try:
            self._fs.add(f"/dev/{buf_dev.name}", CharDevice(buf_dev, RPBUF_MAJOR, minor))
        except LinuxError:
            self._minors.free(minor)
            self._say("device_add for rpbuf buf_dev failed")
            raise
        self._buf_devs[info.name] = buf_dev, minor
        return buf_dev

    def _destroy(self, name: str) -> None:
        if name not in self._buf_devs:
            self._say(f"buf_dev named {name} not found")
            raise LinuxError(errno.ENOENT)
        self._remove(name)

    def _remove(self, name: str) -> None:
        buf_dev, minor = self._buf_devs.pop(name)
        self._fs.remove(f"/dev/{buf_dev.name}")
        self._minors.free(minor)

    def _say(self, text: str) -> None:
        self._platform.printk(f"rpbuf {self.name}", text, ERR)
