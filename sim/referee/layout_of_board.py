# SPDX-License-Identifier: Apache-2.0
"""What the referee takes from a board: whose hart, whose memory, where the link's parts are."""

from __future__ import annotations

from dataclasses import dataclass

from sim.boards.model import Board, MailboxLink, Region, RemoteprocLink
from sim.referee.access import Side
from sim.referee.ring_layout import RingShape


@dataclass(frozen=True, slots=True)
class Places:
    """The addresses of a link's parts. `rings` is empty where the resource table says them."""

    sides: tuple[Side, ...]
    rtos_hart: int
    buffers: Region
    rings: tuple[RingShape, ...]
    ring_memory: tuple[Region, ...]
    own: dict[Side, tuple[Region, ...]]
    shared: tuple[Region, ...]
    msip: dict[int, Side]


def places_of(board: Board) -> Places:
    """Return the places of a board's link."""
    link = board.rpmsg
    linux = set(board.linux.hart_ids)
    harts = {hart.hart_id: hart.index for hart in board.harts}
    clint = board.compatible("sifive,clint0").region.base
    rings: tuple[RingShape, ...] = ()
    ring_memory: tuple[Region, ...] = ()
    msip: dict[int, Side] = {}
    if isinstance(link, MailboxLink):
        buffers, rings, ring_memory = link.buffers, _fixed_rings(link), (link.vrings,)
        msip = {
            clint + 4 * board.linux.boot_hart: Side.LINUX,
            clint + 4 * link.rtos_hart: Side.RTOS,
        }
    else:
        buffers = link.carveouts["vdev0buffer"]
        ring_memory = tuple(link.carveouts[f"vdev0vring{n}"] for n in range(2))
    return Places(
        sides=tuple(
            Side.LINUX if hart.hart_id in linux else Side.RTOS
            for hart in sorted(board.harts, key=lambda hart: hart.index)
        ),
        rtos_hart=harts[board.rtos.boot_hart],
        buffers=buffers,
        rings=rings,
        ring_memory=ring_memory,
        own={Side.LINUX: board.linux.regions, Side.RTOS: board.rtos.regions},
        shared=link.shared_regions,
        msip=msip,
    )


def _fixed_rings(link: MailboxLink) -> tuple[RingShape, ...]:
    """Return both rings, the second straight after the first."""
    shape = link.rings
    first = RingShape(link.vrings.base, shape.num, shape.align, shape.avail_aligned)
    second = first.base + first.stride
    return first, RingShape(second, shape.num, shape.align, shape.avail_aligned)


def rpbuf_region(board: Board) -> tuple[int, int] | None:
    """Return (base, end) of the memory of RPBuf's buffers."""
    link = board.rpmsg
    if not isinstance(link, RemoteprocLink) or link.rpbuf is None:
        return None
    return link.rpbuf.region.base, link.rpbuf.region.end
