# SPDX-License-Identifier: Apache-2.0
"""Allwinner's rpmsg drivers, RPBuf and service calls put together, for boards that have them."""

from __future__ import annotations

from typing import Protocol

from host_side.fs.tree import FileSystem
from host_side.kernel.platform_bus import PlatformBus
from host_side.remoteproc.core import Rproc
from host_side.rpbuf import sunxi_controller
from host_side.rpmsg.core import RpmsgBus
from host_side.rpmsg.sunxi_client import SunxiClient
from host_side.rpmsg.sunxi_ctrl import SunxiMaster
from host_side.rpmsg.sunxi_heartbeat import HeartbeatKernel, RpmsgHeartbeat
from host_side.rpmsg.sunxi_numbers import SunxiNumbers
from host_side.rpmsg.sunxi_test import SunxiTest
from host_side.services.channel import ServiceChannel, ServiceKernel
from host_side.services.registry import Services
from host_side.sysfs import RpmsgSysfs

VENDOR = "allwinner"


class VendorKernel(HeartbeatKernel, ServiceKernel, Protocol):
    """A kernel with its buses and remote processors (``LinuxKernel``)."""

    rpmsg: RpmsgBus
    platform_bus: PlatformBus
    rprocs: list[Rproc]


async def register(
    kernel: VendorKernel, fs: FileSystem, sysfs: RpmsgSysfs, services: Services
) -> None:
    """Register the drivers that are built into the vendor's kernel; elsewhere none."""
    if not kernel.tree.has_vendor(VENDOR):
        return
    numbers = SunxiNumbers()
    bus = kernel.rpmsg
    await bus.register_driver(SunxiMaster(kernel, kernel.tree, fs, sysfs, numbers))
    await bus.register_driver(SunxiClient(kernel, fs, sysfs, numbers))
    await bus.register_driver(RpmsgHeartbeat(kernel, lambda: kernel.rprocs))
    await bus.register_driver(SunxiTest(kernel))
    await sunxi_controller.register(kernel, fs)
    await bus.register_driver(ServiceChannel(kernel, services))
