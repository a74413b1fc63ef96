# SPDX-License-Identifier: Apache-2.0
"""The rpmsg_tty driver: /dev/ttyRPMSG0..31 on ``rpmsg-tty`` channels (drivers/tty/rpmsg_tty.c)."""

from __future__ import annotations

from host_side.fs.dynamic_majors import RPMSG_TTY_MAJOR
from host_side.fs.node import CharDevice
from host_side.fs.tree import FileSystem
from host_side.kernel.errors import LinuxError
from host_side.kernel.platform import Platform
from host_side.kernel.printk import ERR
from host_side.rpmsg.core import RpmsgDevice, RpmsgDriver
from host_side.rpmsg.minors import Minors
from host_side.rpmsg.tty_port import RpmsgTtyPort

MAX_TTY_RPMSG = 32


class RpmsgTty(RpmsgDriver):
    """Gives each channel the lowest free tty. Nothing is sent until somebody writes."""

    name = "rpmsg_tty"
    id_table = ("rpmsg-tty",)

    def __init__(self, platform: Platform, fs: FileSystem) -> None:
        self._platform = platform
        self._fs = fs
        self._minors = Minors(MAX_TTY_RPMSG)
        self._ports: dict[RpmsgDevice, tuple[RpmsgTtyPort, int]] = {}

    async def probe(self, rpdev: RpmsgDevice) -> None:
        """ENOSPC when all 32 are in use."""
        prefix = rpdev.log_prefix
        try:
            minor = self._minors.alloc()
        except LinuxError as error:
            self._platform.printk(prefix, f"error -{error.name}: Failed to alloc tty port", ERR)
            raise
        assert rpdev.ept is not None
        port = RpmsgTtyPort(self._platform, rpdev.ept, prefix)
        self._ports[rpdev] = port, minor
        self._fs.add(f"/dev/ttyRPMSG{minor}", CharDevice(port, RPMSG_TTY_MAJOR, minor))

    async def remove(self, rpdev: RpmsgDevice) -> None:
        """Hang up: open files read end-of-file and refuse to write."""
        port, minor = self._ports.pop(rpdev)
        port.hangup()
        self._fs.remove(f"/dev/ttyRPMSG{minor}")
        self._minors.free(minor)

    async def callback(self, rpdev: RpmsgDevice, data: bytes, src: int) -> None:
        """Bytes from the remote."""
        await self._ports[rpdev][0].receive(data)
