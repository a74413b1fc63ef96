# SPDX-License-Identifier: Apache-2.0
"""The user-visible Linux put together: file tree, rpmsg device drivers, modules, shells."""

from __future__ import annotations

from typing import Protocol

from host_side.devicetree import DeviceTree
from host_side.fs.node import ProcNode
from host_side.fs.tree import FileSystem
from host_side.kernel.platform_bus import PlatformBus
from host_side.kernel.timers import TimerWheel
from host_side.proc import CMDLINE, add_proc
from host_side.programs.modules import ModuleLoader
from host_side.programs.process import ProcessKernel
from host_side.programs.registry import install
from host_side.remoteproc.cdev import RprocDevices
from host_side.remoteproc.core import Rproc
from host_side.remoteproc.debugfs import RprocDebugfs
from host_side.remoteproc.registry import Remoteprocs
from host_side.remoteproc.sysfs import RprocSysfs
from host_side.rpmsg.char import EptdevFactory, RpmsgChrdev
from host_side.rpmsg.client_sample import RpmsgClientSample
from host_side.rpmsg.core import RpmsgBus
from host_side.rpmsg.ctrl import RpmsgCtrl
from host_side.rpmsg.tty import RpmsgTty
from host_side.services.registry import Services
from host_side.shell.shell import Shell
from host_side.shell.sink import Sink
from host_side.sysfs import RpmsgSysfs, VirtioSysfs
from host_side.virtio.device import VirtioBus


class UserspaceKernel(ProcessKernel, Protocol):
    """A kernel with virtio and rpmsg buses and remote processors (``LinuxKernel``)."""

    virtio: VirtioBus
    rpmsg: RpmsgBus
    remoteproc: Remoteprocs
    rprocs: list[Rproc]
    platform_bus: PlatformBus
    wheel: TimerWheel
    tree: DeviceTree


class Userspace:
    """Everything above the rpmsg bus. Give ``init`` to the kernel as an initcall.

    ``mainline`` leaves the vendor's rpmsg drivers out, as a mainline kernel has none of them.
    """

    def __init__(
        self, kernel: UserspaceKernel, cmdline: str = CMDLINE, *, mainline: bool = False
    ) -> None:
        self.kernel = kernel
        self._vendor = not mainline and kernel.tree.has_vendor("allwinner")
        self.fs = fs = FileSystem()
        self.sysfs = RpmsgSysfs(fs, kernel.rpmsg)
        VirtioSysfs(fs, kernel.virtio, self.sysfs)
        self._show_remoteprocs(kernel.remoteproc)
        self.services = Services()
        self.modules = ModuleLoader(kernel, kernel.rpmsg, fs)
        self.modules.offer(
            "rpmsg_client_sample",
            {"count": 100},
            lambda values: RpmsgClientSample(kernel, values["count"]),
        )
        add_proc(fs, kernel, kernel.release, cmdline)
        fs.add("/proc/modules", ProcNode(self.modules.listing))
        install(fs)

    def _show_remoteprocs(self, remoteprocs: Remoteprocs) -> None:
        """Firmware comes from this file tree, and remote processors appear in it."""
        remoteprocs.firmware.fs = self.fs
        remoteprocs.coredumps.show(self.fs)
        for view in (RprocSysfs(self.fs), RprocDebugfs(self.fs), RprocDevices(self.fs)):
            remoteprocs.add_view(view)

    async def init(self, kernel: object = None) -> None:
        """Register the drivers that are built into the kernel."""
        bus, fs, sysfs = self.kernel.rpmsg, self.fs, self.sysfs
        factory = EptdevFactory(self.kernel, fs, sysfs)
        await bus.register_driver(RpmsgChrdev(factory))
        await bus.register_driver(RpmsgCtrl(self.kernel, fs, sysfs, factory))
        await bus.register_driver(RpmsgTty(self.kernel, fs))
        if self._vendor:
            from host_side.services import vendor  # large, and of no use elsewhere

            await vendor.register(self.kernel, fs, sysfs, self.services)

    def shell(self, sink: Sink | None = None) -> Shell:
        """A new shell whose output goes to ``sink`` (or, once interactive, to its tty)."""
        return Shell(
            self.kernel, self.fs, sink, {"modules": self.modules, "services": self.services}
        )
