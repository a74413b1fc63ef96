# SPDX-License-Identifier: Apache-2.0
"""What a board says about its RPMsg link: where the rings lie, who rings which doorbell."""

from __future__ import annotations

from dataclasses import dataclass

from sim.boards import Board
from sim.boards.link_rules import ring_bytes
from sim.boards.model import MailboxLink
from sim.life.message import Ring

SOFT, EXTERNAL = 1, 4
"""Bits of the interrupt lines of a hart."""
_FIFO, _SLOT_BYTES = 0x70, 0x100
"""MSGBOX: the FIFO of channel 0 in a slot's part of the receiver's block."""


@dataclass(frozen=True, slots=True)
class LinkMap:
    """Hart numbers are indices of the fabric; per ring: descriptors, doorbell of the receiver."""

    sender: tuple[int, int]
    receiver: tuple[int, int]
    descriptors: tuple[int, int]
    doorbell: tuple[int, int]
    line: int
    shared: tuple[tuple[int, int], ...]

    @property
    def rtos(self) -> int:
        """Return the hart of the RTOS."""
        return self.receiver[Ring.TO_RTOS]

    @property
    def linux(self) -> int:
        """Return the hart of Linux that serves the link."""
        return self.sender[Ring.TO_RTOS]


def link_map(board: Board) -> LinkMap:
    """Return the map of a board's link."""
    linux = board.hart(board.linux.boot_hart).index
    rtos = board.hart(board.rtos.boot_hart).index
    link = board.rpmsg
    shared = link.shared_regions
    if board.real_linux and board.linux_ram is not None:
        shared = (*shared, board.linux_ram)  # all of it may be
    if isinstance(link, MailboxLink):
        first = link.vrings.base
        descriptors = (first, first + ring_bytes(link.rings))
        clint = board.compatible("sifive,clint0").region.base
        doorbell = (clint + 4 * board.linux.boot_hart, clint + 4 * board.rtos.boot_hart)
        line = SOFT
    else:
        rings = (link.carveouts["vdev0vring0"], link.carveouts["vdev0vring1"])
        descriptors = (rings[0].base, rings[1].base)
        box = link.msgbox
        fifo = box.slot * _SLOT_BYTES + _FIFO + 4 * link.channel
        doorbell = (box.linux.base + fifo, box.rtos.base + fifo)
        line = EXTERNAL
    return LinkMap(
        sender=(rtos, linux),
        receiver=(linux, rtos),
        descriptors=descriptors,
        doorbell=doorbell,
        line=line,
        shared=tuple((region.base, region.size) for region in shared),
    )
