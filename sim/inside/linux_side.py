# SPDX-License-Identifier: Apache-2.0
"""Linux as it stands on the bench: kernel, drivers, user space, and the script of the scenario."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from host_side.devicetree import DeviceNode
from host_side.drivers import dw8250
from host_side.fs.node import RegularFile
from host_side.kernel.errors import LinuxError
from host_side.kernel.linux import Initcall, LinuxKernel
from host_side.rpmsg import name_service, virtio_rpmsg_bus
from host_side.shell.sink import Capture
from host_side.userspace import Userspace
from sim.boards.views import linux_board
from sim.core import Hart, Software
from sim.errors import RunError, TimedOut
from sim.inside.remote_refusal import remote_refusal

if TYPE_CHECKING:
    from sim.inside.session import Session

# Platform drivers by the vendor of their devices: those of another vendor are not imported.
DRIVERS = {
    "starfive": ("host_side.drivers.starfive_rpmsg",),
    "allwinner": ("host_side.mailbox.sunxi_msgbox", "host_side.remoteproc.sunxi_rproc"),
}
FIRMWARE_FOLDER = "/lib/firmware"
CHANNEL_DEVICE = "/dev/rpmsg0"
REMOTE_STATE = "/sys/class/remoteproc/remoteproc0/state"
DEVICE_WAIT_MS = 10
DEVICE_TRIES = 200


class LinuxSide:
    """Linux on the harts of its domain. Its init process runs the scenario's script."""

    def __init__(self, session: Session, harts: Sequence[Hart]) -> None:
        self._session = session
        self._harts = list(harts)
        given = linux_board(session.board, session.profile)
        nodes = [DeviceNode.from_mapping(node) for node in given["nodes"]]
        self.kernel = LinuxKernel(
            self._harts,
            nodes,
            given["costs"],
            session.config.seed,
            clock_hz=given["clock_hz"],
            timebase_hz=given["timebase_hz"],
            model=session.board.title,
            release=given["release"],
            machine=given["machine"],
        )
        self.userspace = Userspace(self.kernel, mainline=session.scenario.mainline)
        self._install_firmware()
        for initcall in (
            name_service.init,
            virtio_rpmsg_bus.init,
            self.userspace.init,
            dw8250.init,
            self._add_serial_nodes,
            *self._vendor_drivers(),
            self._start_init,
        ):
            self.kernel.add_initcall(initcall)

    def _vendor_drivers(self) -> list[Initcall]:
        """Return the initcalls of the drivers that the board has devices for, as modules come."""
        modules = [
            module
            for vendor, modules in DRIVERS.items()
            if self.kernel.tree.has_vendor(vendor)
            for module in modules
        ]
        return [import_module(module).init for module in modules]

    def boot_cpu(self) -> Software:
        """Return the software of CPU 0, from the kernel's first instruction on."""
        self._harts[0].faults(self.kernel.bus_fault)
        return self.kernel.boot_cpu()

    def secondary_cpu(self, hart: Hart) -> Software:
        """Return the software of one of the other CPUs."""
        hart.faults(self.kernel.bus_fault)
        return self.kernel.secondary_cpu(self._harts.index(hart))

    def _install_firmware(self) -> None:
        """Put the run's firmware where request_firmware() finds it, under the name it asks for."""
        firmware = Path(self._session.config.firmware).read_bytes()
        for node in self.kernel.tree.nodes:
            name = node.properties.get("firmware-name")
            if name is not None:
                self.userspace.fs.add(f"{FIRMWARE_FOLDER}/{name}", RegularFile(firmware))

    async def _add_serial_nodes(self, _kernel: LinuxKernel) -> None:
        dw8250.add_nodes(self.kernel, self.userspace.fs)

    async def _start_init(self, _kernel: LinuxKernel) -> None:
        self.kernel.spawn(self._init(), "init", user=True)

    async def _init(self) -> None:
        await self.kernel.wait_booted()
        await self._session.scenario.script()
        self._session.finish()

    async def run(self, command: str) -> tuple[int, str]:
        """Run a line in a shell; return its exit status and everything it printed."""
        output = Capture()
        shell = self.userspace.shell(output)
        status = await shell.execute(command)
        return status, output.take()

    async def start_remote(self) -> None:
        """Start the remote processor where Linux has one that is off; RunError when it fails."""
        if not self.userspace.fs.exists(REMOTE_STATE):
            return
        _, state = await self.run(f"cat {REMOTE_STATE}")
        if state.strip() == "offline":
            status, output = await self.run(f"echo start > {REMOTE_STATE}")
            self.check_remote()
            if status:
                raise RunError(f"echo start > {REMOTE_STATE}: {' '.join(output.split())}")

    def check_remote(self) -> None:
        """RunError when Linux could not start or attach to a remote, with what its log says."""
        refusal = remote_refusal(self.kernel)
        if refusal is not None:
            raise RunError(refusal)

    async def link_up(self) -> None:
        """Start the remote where that is up to Linux, and wait for the device of its channel."""
        await self.start_remote()
        await self.wait_for(CHANNEL_DEVICE)

    async def serve_console(self) -> None:
        """Run a shell on the serial console until its user leaves it."""
        await self.userspace.shell().interactive(dw8250.serial_tty(self.kernel))

    async def wait_for(self, path: str) -> None:
        """Sleep until a file of that name exists; RunError when it does not come."""
        caller = self.kernel.current
        caller.looks_for = ("file", path)
        for _ in range(DEVICE_TRIES):
            try:
                self.userspace.fs.lookup(path)
            except LinuxError:
                self.check_remote()
                await self.kernel.msleep(DEVICE_WAIT_MS)
            else:
                caller.looks_for = None
                return
        seconds = DEVICE_TRIES * DEVICE_WAIT_MS / 1000
        raise TimedOut(f"{path} did not appear within {seconds:g} s: no link to the RTOS")

    def dmesg(self) -> str:
        """Return the kernel's log."""
        return "".join(f"{record}\n" for record in self.kernel.log.records)

    def stage(self) -> str:
        """Say what Linux is doing."""
        return "running" if self.kernel.booted else "booting"
