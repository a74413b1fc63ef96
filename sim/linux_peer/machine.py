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
from sim.linux_peer.kernel_process import KernelProcess
from sim.linux_peer.vhost_device import VhostDevice

PATIENCE_S = 120
"""Wall time after which a kernel that neither waits nor asks counts as hung."""
CLOCK_SOCKET, RPMSG_SOCKET = "clock.sock", "rpmsg.sock"
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
    """A kernel with one virtio device, an RPMsg bus; ``now`` gives the ns since its start."""

    def __init__(
        self,
        kernel: Path,
        directory: Path,
        console: Path,
        words: Sequence[str],
        now: Callable[[], int],
    ) -> None:
        for name in (CLOCK_SOCKET, RPMSG_SOCKET):
            (directory / name).unlink(missing_ok=True)
        self._directory = directory
        self.clock = Calendar(directory / CLOCK_SOCKET, now)
        features = VIRTIO_RPMSG_F_NS | VIRTIO_F_VERSION_1
        self.rpmsg = VhostDevice(directory / RPMSG_SOCKET, 2, features)
        devices = (
            f"virtio_uml.device={RPMSG_SOCKET}:{VIRTIO_ID_RPMSG}",
            f"time-travel=ext:1:{CLOCK_SOCKET}",
        )
        self.process = KernelProcess(kernel, directory, console, [*words, *devices])

    def run(self) -> Event:
        """Return what the kernel does next that is for the bench; it stands still then."""
        while True:
            if self.clock.ended:
                return self._ended()
            if self.clock.waiting:
                return Waits()
            ready = self._wait_for([*self.rpmsg.descriptors(), self.clock.descriptor])
            # The device first: what the kernel did there came before what it says to its clock.
            if ready[0] != self.clock.descriptor:
                bound = self.rpmsg.connected
                queue = self.rpmsg.take()
                if queue is not None:
                    return Kick(queue)
                if bound and not self.rpmsg.connected:
                    return Unbound()
            else:
                self.clock.take()

    def kick_done(self) -> None:
        """Let the kernel go on after a kick."""
        self.rpmsg.kick_done()

    def interrupt(self, queue: int) -> None:
        """Raise the interrupt of a queue of the kernel, which waits: it asks to run now."""
        self.rpmsg.call(queue)
        answers = self.rpmsg.calls
        while not self.clock.ended and answers is not None:
            ready = self._wait_for([self.clock.descriptor, answers.fileno()])
            if self.clock.descriptor in ready:
                self.clock.take()
            else:
                self.rpmsg.call_answered()
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
        self.rpmsg.close()
        self.clock.close()
        for name in (CLOCK_SOCKET, RPMSG_SOCKET):
            (self._directory / name).unlink(missing_ok=True)
