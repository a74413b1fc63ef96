# SPDX-License-Identifier: Apache-2.0
"""The kernel as the bench drives it: runs until it waits or kicks, and takes interrupts.

Nothing here looks at the clock on the wall, but for one limit that ends a run: a kernel that
computes for ever never lets simulated time pass.
"""

from __future__ import annotations

import select
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from sim.errors import RunError
from sim.linux_peer.calendar import Calendar
from sim.linux_peer.console_device import INPUT, VIRTIO_ID_CONSOLE, ConsoleDevice
from sim.linux_peer.kernel_process import KernelProcess
from sim.linux_peer.vhost_device import VhostDevice

PATIENCE_S = 120
"""Wall time after which a kernel that neither waits nor asks counts as hung."""
CLOCK_SOCKET, RPMSG_SOCKET, CONSOLE_SOCKET = SOCKETS = "clock.sock", "rpmsg.sock", "console.sock"
VIRTIO_ID_RPMSG = 7
VIRTIO_RPMSG_F_NS, VIRTIO_F_VERSION_1 = 1 << 0, 1 << 32


class Kick(NamedTuple):
    """The kernel's driver has kicked a queue and stands still until :meth:`Machine.kick_done`."""

    queue: int


class Unbound(NamedTuple):
    """The kernel's driver has let go of the device."""


class Waits(NamedTuple):
    """The kernel waits for the time it has asked for, or an interrupt."""


class Ended(NamedTuple):
    """The kernel has powered off."""


Event = Kick | Unbound | Waits | Ended


class Machine:
    """A kernel with an RPMsg bus as a virtio device; ``now`` gives the ns since its start.

    With ``live`` it has a virtio console besides, ``console``.
    """

    def __init__(
        self,
        kernel: Path,
        directory: Path,
        console: Path,
        words: Sequence[str],
        now: Callable[[], int],
        *,
        live: bool = False,
    ) -> None:
        for name in SOCKETS:
            (directory / name).unlink(missing_ok=True)
        self._directory = directory
        self.clock = Calendar(directory / CLOCK_SOCKET, now)
        features = VIRTIO_RPMSG_F_NS | VIRTIO_F_VERSION_1
        self.rpmsg = VhostDevice(directory / RPMSG_SOCKET, 2, features)
        devices = [
            f"virtio_uml.device={RPMSG_SOCKET}:{VIRTIO_ID_RPMSG}",
            f"time-travel=ext:1:{CLOCK_SOCKET}",
        ]
        self.console: ConsoleDevice | None = None
        if live:
            self.console = ConsoleDevice(directory / CONSOLE_SOCKET)
            devices.append(f"virtio_uml.device={CONSOLE_SOCKET}:{VIRTIO_ID_CONSOLE}")
        try:
            self.process = KernelProcess(kernel, directory, console, [*words, *devices])
        except RunError:
            self._close_sockets()
            raise

    def run(self) -> Event:
        """Return what the kernel does next that is for the bench; it stands still then."""
        while True:
            if self.clock.ended:
                return self._ended()
            if self.clock.waiting:
                return Waits()
            console = [] if self.console is None else self.console.descriptors()
            device = self.rpmsg.descriptors()
            ready = self._wait_for([*device, *console, self.clock.descriptor])
            # Devices first: what the kernel did there came before what it says to its clock.
            if ready[0] in device:
                event = self._device()
                if event is not None:
                    return event
            elif ready[0] in console:
                self._console()
            else:
                self.clock.take()

    def _device(self) -> Event | None:
        bound = self.rpmsg.connected
        queue = self.rpmsg.take()
        if queue is not None:
            return Kick(queue)
        return Unbound() if bound and not self.rpmsg.connected else None

    def _console(self) -> None:
        """Serve the console at once: its driver spins until what it prints is taken."""
        console = self.console
        assert console is not None
        queue = console.take()
        if queue is not None:
            console.printed()
            console.kick_done()

    def type(self) -> bool:
        """Hand what was typed to the kernel, which waits. -> whether it asks to run now."""
        if self.console is None or not self.console.type():
            return False
        self._call(self.console, INPUT)
        return True

    def kick_done(self) -> None:
        """Let the kernel go on after a kick."""
        self.rpmsg.kick_done()

    def interrupt(self, queue: int) -> None:
        """Raise the interrupt of a queue of the kernel, which waits: it asks to run now."""
        self._call(self.rpmsg, queue)

    def _call(self, device: VhostDevice, queue: int) -> None:
        device.call(queue)
        answers = device.calls
        while not self.clock.ended and answers is not None:
            ready = self._wait_for([self.clock.descriptor, answers.fileno()])
            if self.clock.descriptor in ready:
                self.clock.take()
            else:
                device.call_answered()
                return

    def _wait_for(self, descriptors: Sequence[int]) -> list[int]:
        """Return those of the descriptors that have something to read, in the order given."""
        poll = select.poll()
        for descriptor in descriptors:
            poll.register(descriptor, select.POLLIN)
        for _ in range(PATIENCE_S):
            ready = {descriptor for descriptor, _ in poll.poll(1000)}
            if ready:
                return [descriptor for descriptor in descriptors if descriptor in ready]
            if not self.process.alive():
                raise self.process.failure()
        raise RunError(
            f"the Linux kernel has computed for {PATIENCE_S} s of wall time without looking at its "
            "clock: a program in it loops"
        )

    def _ended(self) -> Event:
        """Tell a power-off from a breakdown."""
        if self.process.wait() == 0 and "Kernel panic" not in self.process.last_words():
            return Ended()
        raise self.process.failure()

    def close(self) -> None:
        """End the kernel and everything that belongs to it."""
        self.process.end()
        self._close_sockets()

    def _close_sockets(self) -> None:
        self.rpmsg.close()
        if self.console is not None:
            self.console.close()
        self.clock.close()
        for name in SOCKETS:
            (self._directory / name).unlink(missing_ok=True)
