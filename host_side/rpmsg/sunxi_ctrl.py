# SPDX-License-Identifier: Apache-2.0
"""/dev/rpmsg_ctrl-<remote>: creates and closes the remote's endpoints by name (rpmsg_master.c).

Probing announces the channel back to the remote's name service: that is the first message on it,
from which the remote learns Linux's address.
"""

from __future__ import annotations

import errno

from host_side.devicetree import DeviceTree
from host_side.fs.dynamic_majors import AW_RPMSG_MAJOR
from host_side.fs.file import FileOperations, IoctlArgument, OpenFile
from host_side.fs.node import CharDevice
from host_side.fs.tree import FileSystem
from host_side.kernel.errors import LinuxError
from host_side.kernel.platform import Platform
from host_side.kernel.printk import ERR, INFO, WARNING
from host_side.rpmsg.core import RpmsgDevice, RpmsgDriver
from host_side.rpmsg.sunxi_layout import (
    CTRL_ACK,
    NAME_SIZE,
    RPMSG_CREATE_AF_EPT_IOCTL,
    RPMSG_CREATE_EPT_IOCTL,
    RPMSG_DESTROY_ALL_EPT_IOCTL,
    RPMSG_DESTROY_EPT_IOCTL,
    RPMSG_REST_EPT_GRP_IOCTL,
    EptInfo,
)
from host_side.rpmsg.sunxi_numbers import SunxiNumbers
from host_side.rpmsg.sunxi_remote import node_name, remote_name
from host_side.rpmsg.sunxi_requests import ControllerRequests
from host_side.sysfs import RpmsgSysfs


class _FilePrivate:
    """What one open file keeps: the endpoints that go away when it is closed."""

    def __init__(self) -> None:
        self.auto_release = False
        self.endpoints: list[EptInfo] = []


class SunxiCtrldev(FileOperations):
    """One control device."""

    def __init__(
        self, platform: Platform, rpdev: RpmsgDevice, name: str, number: int, numbers: SunxiNumbers
    ) -> None:
        self.name = name
        self.number = number
        self.minor = numbers.minors.alloc()
        self.requests = ControllerRequests(platform, rpdev, number, self.say)
        self._platform = platform
        self._numbers = numbers

    # The device file.

    async def open(self, file: OpenFile) -> None:
        """Any number of times."""
        file.private = _FilePrivate()

    async def release(self, file: OpenFile) -> None:
        """Close the endpoints that CREATE_AF made; their errors only show in the log."""
        private = _private(file)
        while private.endpoints:
            info = private.endpoints.pop(0)
            self.say(f"release ept: {info.id}({info.name})", INFO)
            try:
                await self.requests.release(info.id)
            except LinuxError:
                continue

    async def ioctl(self, file: OpenFile, command: int, argument: IoctlArgument) -> int:
        """The argument is read first (EFAULT), then the command looked at (EINVAL)."""
        info = EptInfo.unpack(argument)
        if command in (RPMSG_CREATE_EPT_IOCTL, RPMSG_CREATE_AF_EPT_IOCTL):
            info = EptInfo(info.name, await self._create(info.name))
            if command == RPMSG_CREATE_AF_EPT_IOCTL:
                self._bind(_private(file), info)
            info.copy_to(argument)
        elif command == RPMSG_DESTROY_EPT_IOCTL:
            self._unbind(_private(file), info)
            self.say(f"close /dev/rpmsg{info.id} endpoint", INFO)
            await self.requests.release(info.id)
        elif command == RPMSG_REST_EPT_GRP_IOCTL:
            self.say(f"clear {info.name} group", INFO)
            await self.requests.clear(info.name)
        elif command == RPMSG_DESTROY_ALL_EPT_IOCTL:
            self.say(f"reset {self.name}", INFO)
            await self.requests.reset()
        else:
            self.say(f"Undown konw cmd=0x{command:x}", WARNING)
            raise LinuxError(errno.EINVAL)
        return 0

    # The files in /sys/class/rpmsg/rpmsg_ctrl-<remote>, which can only be written.

    async def store_open(self, text: str) -> None:
        """``open``: create an endpoint for a name."""
        if text:
            await self._create(_name_in(text))

    async def store_close(self, text: str) -> None:
        """``close``: close an endpoint by its number; EINVAL when that is none."""
        if not text:
            return
        digits = text.split(maxsplit=1)[:1]
        number = _leading_integer(digits[0]) if digits else None
        if number is None or number < 0:
            raise LinuxError(errno.EINVAL)
        await self.requests.release(number)

    async def store_clear(self, text: str) -> None:
        """``clear``: close all endpoints of a name."""
        if text:
            await self.requests.clear(_name_in(text))

    async def store_reset(self, text: str) -> None:
        """``reset``: close all endpoints."""
        if text:
            await self.requests.reset()

    def say(self, text: str, level: int = ERR) -> None:
        """dev_printk() of the control device."""
        self._platform.printk(f"rpmsg {self.name}", text, level)

    async def _create(self, name: str) -> int:
        number = self._numbers.alloc_endpoint()
        await self.requests.create(name, number)
        return number

    def _bind(self, private: _FilePrivate, info: EptInfo) -> None:
        private.auto_release = True
        if any(known.id == info.id for known in private.endpoints):
            self.say(f"bind failed, already exists ept: {info.id}({info.name})")
            raise LinuxError(errno.EEXIST)
        private.endpoints.append(info)
        self.say(f"bind ept: {info.id}({info.name})", INFO)

    def _unbind(self, private: _FilePrivate, info: EptInfo) -> None:
        if not private.auto_release:
            return
        known = next((known for known in private.endpoints if known.id == info.id), None)
        if known is None:
            self.say(f"unbind failed, not found ept: {info.id}({info.name})")
            raise LinuxError(errno.ENODEV)
        self.say(f"unbind ept: {known.id}({known.name})", INFO)
        private.endpoints.remove(known)


class SunxiMaster(RpmsgDriver):
    """The driver of the channel ``sunxi,rpmsg_ctrl``."""

    name = "sunxi,rpmsg_master"
    id_table = ("sunxi,rpmsg_ctrl",)

    def __init__(
        self,
        platform: Platform,
        tree: DeviceTree,
        fs: FileSystem,
        sysfs: RpmsgSysfs,
        numbers: SunxiNumbers,
    ) -> None:
        self._platform = platform
        self._tree = tree
        self._fs = fs
        self._sysfs = sysfs
        self._numbers = numbers
        self._ctrldevs: dict[RpmsgDevice, SunxiCtrldev] = {}

    async def probe(self, rpdev: RpmsgDevice) -> None:
        """Add the control device, named after the remote's devicetree node."""
        name = f"rpmsg_ctrl-{node_name(self._tree, remote_name(rpdev))}"
        number = self._numbers.controls.alloc()
        ctrldev = SunxiCtrldev(self._platform, rpdev, name, number, self._numbers)
        self._fs.add(f"/dev/{name}", CharDevice(ctrldev, AW_RPMSG_MAJOR, ctrldev.minor))
        stores = {
            "open": ctrldev.store_open,
            "close": ctrldev.store_close,
            "clear": ctrldev.store_clear,
            "reset": ctrldev.store_reset,
        }
        self._sysfs.add_class_device(rpdev, name, {}, stores)
        self._ctrldevs[rpdev] = ctrldev
        rpdev.announce = True

    async def callback(self, rpdev: RpmsgDevice, data: bytes, src: int) -> None:
        """An ack of the remote's controller; one of another length is only logged."""
        if len(data) != CTRL_ACK.size:
            text = f"Invalid len:expect:{CTRL_ACK.size},Rx:{len(data)}"
            self._platform.printk(rpdev.log_prefix, text, ERR)
            return
        self._ctrldevs[rpdev].requests.acknowledge(*CTRL_ACK.unpack(data))

    async def remove(self, rpdev: RpmsgDevice) -> None:
        """Take the device away; files that are open stay open, their requests fail."""
        ctrldev = self._ctrldevs.pop(rpdev)
        self._fs.remove(f"/dev/{ctrldev.name}")
        self._sysfs.remove_class_device(rpdev, ctrldev.name)
        self._numbers.controls.free(ctrldev.number)
        self._numbers.minors.free(ctrldev.minor)


def _private(file: OpenFile) -> _FilePrivate:
    assert isinstance(file.private, _FilePrivate)
    return file.private


def _name_in(text: str) -> str:
    """The name a store function takes out of what was written: 32 bytes, without its newline."""
    return text[:NAME_SIZE].removesuffix("\n").split("\0", 1)[0]


def _leading_integer(word: str) -> int | None:
    """What sscanf("%d") makes of a word."""
    sign = word[:1] if word[:1] in ("+", "-") else ""
    digits = word[len(sign) :]
    end = next((at for at, char in enumerate(digits) if not char.isdigit()), len(digits))
    return int(sign + digits[:end]) if end else None
