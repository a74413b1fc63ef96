# SPDX-License-Identifier: Apache-2.0
"""What a board's Linux does on the bus for a virtio device whose driver is in a real kernel."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, Protocol, TypeVar

from sim.boards import Board
from sim.boards.model import MailboxLink
from sim.errors import AmpsimError
from sim.linux_peer.vhost_device import VhostDevice

T = TypeVar("T")
Steps = Generator[tuple[Any, ...], Any, T]


class Driver(Protocol):
    """The platform's driver, on the boot hart; all of it is bus accesses and spans of CPU time."""

    line: int
    """The interrupt line to wait for."""

    def start(self) -> Steps[None]:
        """Do what the driver does before the kernel's device is there."""

    def bound(self, device: VhostDevice) -> Steps[None]:
        """The kernel's driver is ready: tell the remote."""

    def unbound(self) -> Steps[None]:
        """The kernel's driver is gone."""

    def kick(self, queue: int) -> Steps[None]:
        """Tell the remote of a queue."""

    def interrupt(self) -> Steps[list[int]]:
        """Take the interrupt; return the queues to tell the kernel of."""


def make_driver(board: Board, costs: Mapping[str, int]) -> Driver:
    """Return the driver of the board's link; ``costs`` are the profile's for Linux, in clocks."""
    if not isinstance(board.rpmsg, MailboxLink):
        raise AmpsimError(f"--host linux: expected a VisionFive 2 board, found {board.name}")
    from sim.linux_peer.starfive_driver import StarfiveDriver

    return StarfiveDriver(board, costs)
