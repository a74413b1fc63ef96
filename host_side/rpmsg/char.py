# SPDX-License-Identifier: Apache-2.0
"""The rpmsg_chrdev driver and the factory of /dev/rpmsgM (drivers/rpmsg/rpmsg_char.c)."""

from __future__ import annotations

from host_side.fs.dynamic_majors import RPMSG_MAJOR
from host_side.fs.node import CharDevice
from host_side.fs.tree import FileSystem
from host_side.kernel.platform import Platform
from host_side.rpmsg.core import RpmsgDevice, RpmsgDriver, RpmsgEndpoint
from host_side.rpmsg.eptdev import RpmsgEptdev
from host_side.rpmsg.minors import Minors
from host_side.rpmsg.uapi import EndpointInfo, signed32
from host_side.sysfs import RpmsgSysfs

RPMSG_DEV_MAX = 1 << 20
"""Minors of the region (MINORMASK + 1)."""


class EptdevFactory:
    """Makes and removes endpoint devices with their /dev and /sys/class/rpmsg entries."""

    def __init__(self, platform: Platform, fs: FileSystem, sysfs: RpmsgSysfs) -> None:
        self._platform = platform
        self._fs = fs
        self._sysfs = sysfs
        self._minors = Minors(RPMSG_DEV_MAX)

    def create(
        self,
        parent: RpmsgDevice,
        rpdev: RpmsgDevice,
        info: EndpointInfo,
        default_ept: RpmsgEndpoint | None = None,
    ) -> RpmsgEptdev:
        """A new device below ``parent``; ENOSPC when all minors are used.

        Its number is free again when the device is gone and its last open file is closed.
        """
        minor = self._minors.alloc()
        name = f"rpmsg{minor}"
        eptdev = RpmsgEptdev(
            self._platform,
            rpdev,
            info,
            name,
            on_release=lambda: self._minors.free(minor),
            default_ept=default_ept,
        )

        async def destroy() -> None:
            await eptdev.shut_down()
            self._fs.remove(f"/dev/{name}")
            self._sysfs.remove_class_device(parent, name)

        eptdev.destroy = destroy
        self._fs.add(f"/dev/{name}", CharDevice(eptdev, RPMSG_MAJOR, minor))
        attributes = {
            "name": lambda: f"{info.name}\n",
            "src": lambda: f"{signed32(info.src)}\n",
            "dst": lambda: f"{signed32(info.dst)}\n",
        }
        self._sysfs.add_class_device(parent, name, attributes)
        return eptdev


class RpmsgChrdev(RpmsgDriver):
    """Binds channels named ``rpmsg-raw`` and ``rpmsg_chrdev`` to an endpoint device each."""

    name = "rpmsg_chrdev"
    id_table = ("rpmsg-raw", "rpmsg_chrdev")

    def __init__(self, factory: EptdevFactory) -> None:
        self._factory = factory
        self._eptdevs: dict[RpmsgDevice, RpmsgEptdev] = {}

    async def probe(self, rpdev: RpmsgDevice) -> None:
        """Offer the channel's own endpoint as a device; sends nothing."""
        info = EndpointInfo(rpdev.name, rpdev.src, rpdev.dst)
        self._eptdevs[rpdev] = self._factory.create(rpdev, rpdev, info, rpdev.ept)

    async def remove(self, rpdev: RpmsgDevice) -> None:
        """Take the device away; its readers get EPIPE."""
        await self._eptdevs.pop(rpdev).destroy()

    async def callback(self, rpdev: RpmsgDevice, data: bytes, src: int) -> None:
        """A message for the channel's endpoint."""
        await self._eptdevs[rpdev].receive(rpdev, data, src)
