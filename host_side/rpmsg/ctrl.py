# SPDX-License-Identifier: Apache-2.0
"""/dev/rpmsg_ctrlN: makes endpoints and channels on request (drivers/rpmsg/rpmsg_ctrl.c)."""

from __future__ import annotations

import errno

from host_side.fs.dynamic_majors import RPMSG_CTRL_MAJOR
from host_side.fs.file import FileOperations, IoctlArgument, OpenFile
from host_side.fs.node import CharDevice
from host_side.fs.tree import FileSystem
from host_side.kernel.errors import LinuxError
from host_side.kernel.platform import Platform
from host_side.kernel.printk import ERR
from host_side.rpmsg.char import RPMSG_DEV_MAX, EptdevFactory
from host_side.rpmsg.core import RpmsgDevice, RpmsgDriver
from host_side.rpmsg.eptdev import RpmsgEptdev
from host_side.rpmsg.minors import Minors
from host_side.rpmsg.uapi import (
    RPMSG_CREATE_DEV_IOCTL,
    RPMSG_CREATE_EPT_IOCTL,
    RPMSG_RELEASE_DEV_IOCTL,
    EndpointInfo,
)
from host_side.sysfs import RpmsgSysfs


class RpmsgCtrldev(FileOperations):
    """One control device; the endpoint devices it made go away with it."""

    def __init__(
        self, platform: Platform, factory: EptdevFactory, rpdev: RpmsgDevice, number: int
    ) -> None:
        self.name = f"rpmsg_ctrl{number}"
        self.number = number
        self._platform = platform
        self._factory = factory
        self._rpdev = rpdev
        self._eptdevs: list[RpmsgEptdev] = []
        self._lock = platform.mutex("rpmsg_ctrl")

    async def ioctl(self, file: OpenFile, command: int, argument: IoctlArgument) -> int:
        """The argument is read first (EFAULT), then the command looked at (EINVAL)."""
        info = EndpointInfo.unpack(argument)
        async with self._lock:
            if command == RPMSG_CREATE_EPT_IOCTL:
                self._create_endpoint(info)
            elif command == RPMSG_CREATE_DEV_IOCTL:
                await self._create_channel(info)
            elif command == RPMSG_RELEASE_DEV_IOCTL:
                await self._release_channel(info)
            else:
                raise LinuxError(errno.EINVAL)
        return 0

    async def remove(self) -> None:
        """Destroy the endpoint devices that are left."""
        for eptdev in list(self._eptdevs):
            await eptdev.destroy()

    def _create_endpoint(self, info: EndpointInfo) -> None:
        eptdev = self._factory.create(self._rpdev, self._rpdev, info)
        take_away = eptdev.destroy

        async def destroy() -> None:
            self._eptdevs.remove(eptdev)
            await take_away()

        eptdev.destroy = destroy
        self._eptdevs.append(eptdev)

    async def _create_channel(self, info: EndpointInfo) -> None:
        if await self._rpdev.bus.create_channel(info.name, info.src, info.dst) is None:
            self._complain(f"failed to create {info.name} channel")
            raise LinuxError(errno.ENXIO)

    async def _release_channel(self, info: EndpointInfo) -> None:
        try:
            await self._rpdev.bus.release_channel(info.name, info.src, info.dst)
        except LinuxError as error:
            self._complain(f"failed to release {info.name} channel ({-error.errno})")
            raise

    def _complain(self, text: str) -> None:
        self._platform.printk(f"rpmsg {self.name}", text, ERR)


class RpmsgCtrl(RpmsgDriver):
    """Binds the bus's ``rpmsg_ctrl`` device; it has no callback, so no endpoint is made."""

    name = "rpmsg_ctrl"
    id_table = ("rpmsg_ctrl",)

    def __init__(
        self, platform: Platform, fs: FileSystem, sysfs: RpmsgSysfs, factory: EptdevFactory
    ) -> None:
        self._platform = platform
        self._fs = fs
        self._sysfs = sysfs
        self._factory = factory
        self._minors = Minors(RPMSG_DEV_MAX)
        self._ctrldevs: dict[RpmsgDevice, RpmsgCtrldev] = {}

    async def probe(self, rpdev: RpmsgDevice) -> None:
        """Add /dev/rpmsg_ctrlN."""
        number = self._minors.alloc()
        ctrldev = RpmsgCtrldev(self._platform, self._factory, rpdev, number)
        self._fs.add(f"/dev/{ctrldev.name}", CharDevice(ctrldev, RPMSG_CTRL_MAJOR, number))
        self._sysfs.add_class_device(rpdev, ctrldev.name, {})
        self._ctrldevs[rpdev] = ctrldev

    async def remove(self, rpdev: RpmsgDevice) -> None:
        """Remove it and the endpoint devices made through it."""
        ctrldev = self._ctrldevs.pop(rpdev)
        await ctrldev.remove()
        self._fs.remove(f"/dev/{ctrldev.name}")
        self._sysfs.remove_class_device(rpdev, ctrldev.name)
        self._minors.free(ctrldev.number)
