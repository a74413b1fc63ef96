# SPDX-License-Identifier: Apache-2.0
"""The platform driver of RPBuf's controller, and RPBuf as a whole (rpbuf_controller_sunxi.c)."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from typing import Protocol

from host_side.devicetree import DeviceTreeError
from host_side.fs.tree import FileSystem
from host_side.kernel.errors import LinuxError
from host_side.kernel.platform import Platform
from host_side.kernel.platform_bus import PlatformBus, PlatformDevice
from host_side.kernel.printk import ERR
from host_side.rpbuf.controller import Controller
from host_side.rpbuf.ctrl_dev import CtrlDev
from host_side.rpbuf.link import Links
from host_side.rpbuf.memory import PayloadMemory
from host_side.rpbuf.service import RpbufService
from host_side.rpmsg.core import RpmsgBus
from host_side.rpmsg.minors import Minors

CHECK_RANGE = "ampsim,check-range"
"""Property of the controller: refuse data outside its buffer, which the original never does."""


class RpbufKernel(Platform, Protocol):
    """A kernel with the buses that RPBuf lives on (``LinuxKernel``)."""

    rpmsg: RpmsgBus
    platform_bus: PlatformBus


class SunxiRpbufController:
    """The driver: the carveout, a controller in the role of the master, its control device."""

    name = "sunxi-rpbuf-controller"
    of_match_table: tuple[str, ...] = ("allwinner,rpbuf-controller",)

    def __init__(self, platform: Platform, fs: FileSystem, links: Links) -> None:
        self._platform = platform
        self._fs = fs
        self._links = links
        self._minors = Minors(1 << 20)

    async def probe(self, device: PlatformDevice) -> None:
        """LinuxError EINVAL for a node without remote, number or memory."""
        node, prefix = device.node, f"{self.name} {device.name}"
        token = node.properties.get("remoteproc")
        if not isinstance(token, str):
            self._say(prefix, 'no "remoteproc" node specified')
            raise LinuxError(errno.EINVAL)
        try:
            number = node.integer("ctrl_id")
        except DeviceTreeError:
            self._say(prefix, 'no "ctrl_id" node specified')
            raise LinuxError(errno.EINVAL) from None
        regions = node.properties.get("memory-region")
        if not isinstance(regions, Mapping) or not regions:
            self._say(prefix, f"failed to get reserved memory (ret: {-errno.ENODEV})")
            raise LinuxError(errno.EINVAL)
        base, size = next(iter(regions.values()))
        memory = PayloadMemory(self._platform, prefix, base, size)
        check = node.flag(CHECK_RANGE)
        controller = Controller(self._platform, prefix, memory, check_range=check)
        try:
            controller.link = await self._links.register_controller(controller, token)
        except LinuxError:
            self._say(prefix, "rpbuf_register_controller failed")
            raise
        ctrl_dev = CtrlDev(self._platform, self._fs, self._minors, controller, number)
        device.drvdata = controller, ctrl_dev

    async def remove(self, device: PlatformDevice) -> None:
        """Take devices and memory away."""
        assert isinstance(device.drvdata, tuple)
        controller, ctrl_dev = device.drvdata
        ctrl_dev.remove()
        await self._links.unregister_controller(controller.link)
        await controller.destroy()

    def _say(self, prefix: str, text: str) -> None:
        self._platform.printk(prefix, text, ERR)


async def register(kernel: RpbufKernel, fs: FileSystem) -> None:
    """Register the controller's driver and, if the devicetree has one, the service's."""
    links = Links(kernel)
    driver = SunxiRpbufController(kernel, fs, links)
    await kernel.platform_bus.register_driver(driver)
    if any(device.driver is driver for device in kernel.platform_bus.devices):
        await kernel.rpmsg.register_driver(RpbufService(kernel, links))
