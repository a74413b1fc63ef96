# SPDX-License-Identifier: Apache-2.0
"""What a board's Linux does on the bus for a virtio device whose driver is in a real kernel."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sim.boards import Board
from sim.boards.model import MailboxLink
from sim.core import WAIT
from sim.linux_peer.vhost_device import VhostDevice

T = TypeVar("T")
Steps = Generator[tuple[Any, ...], Any, T]


class Driver(Protocol):
    """The platform's driver, on the boot hart; all of it is bus accesses and spans of CPU time."""

    line: int
    """The interrupt line to wait for."""

    @property
    def due_ns(self) -> int:
        """When a timer of the driver interrupts next, by its clock; NEVER where none is set."""

    def timer(self) -> Steps[None]:
        """Take the interrupt of that timer."""

    def start(self) -> Steps[None]:
        """Do what the driver does before the kernel's device is there."""

    def bound(self, device: VhostDevice) -> Steps[None]:
        """The kernel's driver has set up its rings: tell the remote where they are."""

    def ready(self) -> Steps[None]:
        """The kernel's driver is ready: tell the remote."""

    def unbound(self) -> Steps[None]:
        """The kernel's driver is gone."""

    def kick(self, queue: int) -> Steps[None]:
        """Tell the remote of a queue."""

    def interrupt(self) -> Steps[list[int]]:
        """Take the interrupt; return the queues to tell the kernel of."""


def make_driver(
    board: Board, costs: Mapping[str, int], firmware: Path, now: Callable[[], int]
) -> Driver:
    """Return the driver of the board's link; ``costs`` are the profile's for Linux, in clocks.

    ``firmware`` is the RTOS's, whose resource table Linux fills in where there is one; ``now``
    returns the clock of its timers, in ns.
    """
    if isinstance(board.rpmsg, MailboxLink):
        from sim.linux_peer.starfive_driver import StarfiveDriver

        return StarfiveDriver(board, costs)
    from sim.linux_peer.sunxi_driver import SunxiDriver

    return SunxiDriver(board, costs, firmware, now)


class Costs:
    """Spans of CPU time by their names in the timing profile."""

    def __init__(self, clocks: Mapping[str, int]) -> None:
        self._clocks = clocks

    def spend(self, *names: str) -> Steps[None]:
        """Let the time of these pass, one after the other."""
        for name in names:
            if self._clocks[name]:
                yield (WAIT, self._clocks[name], 0)
