# SPDX-License-Identifier: Apache-2.0
"""The link of one of the project's boards, as the referee is told of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sim.boards.model import Board, MailboxLink, Region, RemoteprocLink
from sim.referee.ring_layout import RingShape
from sim.referee.setup import LinkSetup, MessageFifos, StateWords
from sim.referee.side import Side


def setup_of(board: Board) -> LinkSetup:
    """Return the set-up of a board's link."""
    linux = set(board.linux.hart_ids)
    masters = {
        hart.index: Side.LINUX if hart.hart_id in linux else Side.RTOS for hart in board.harts
    }
    if isinstance(board.rpmsg, MailboxLink):
        setup = _mailbox(board, board.rpmsg, masters)
    else:
        setup = _remoteproc(board, board.rpmsg, masters)
    return replace(setup, **_of_real_linux(board)) if board.real_linux else setup


def _shared(board: Board) -> tuple[Region, ...]:
    """Return the memory that both sides use; of a real kernel all of its RAM may be."""
    shared = board.rpmsg.shared_regions
    if not board.real_linux:
        return shared
    assert board.linux_ram is not None
    return (*shared, board.linux_ram)


def _of_real_linux(board: Board) -> dict[str, Any]:
    """Return what differs where a real kernel chooses the places of rings and buffers."""
    assert board.linux_ram is not None
    link = board.rpmsg
    tables = (_span(link.vrings),) if isinstance(link, MailboxLink) else ()
    return {
        "buffers": _span(board.linux_ram),
        "rings": (),
        "carveouts": {},
        "tables": tables,
        "memory_offset": board.linux_ram.base,
    }


def _span(region: Region) -> range:
    return range(region.base, region.end)


def _own(board: Board) -> dict[Side, tuple[range, ...]]:
    """Return the memory that each side has for itself."""
    shared = sorted((_span(region) for region in _shared(board)), key=_start)
    return {
        side: tuple(part for region in domain.regions for part in _without(_span(region), shared))
        for side, domain in ((Side.LINUX, board.linux), (Side.RTOS, board.rtos))
    }


def _start(span: range) -> int:
    return span.start


def _without(span: range, holes: list[range]) -> Iterator[range]:
    """Yield the parts of a span that lie in none of the holes, which are in order."""
    at = span.start
    for hole in holes:
        if hole.start < span.stop and hole.stop > at:
            if at < hole.start:
                yield range(at, hole.start)
            at = hole.stop
    if at < span.stop:
        yield range(at, span.stop)


def _mailbox(board: Board, link: MailboxLink, masters: dict[int, Side]) -> LinkSetup:
    harts = {hart.hart_id: hart.index for hart in board.harts}
    clint = board.compatible("sifive,clint0").region.base
    ends = {board.linux.boot_hart: Side.LINUX, link.rtos_hart: Side.RTOS}
    return LinkSetup(
        masters=masters,
        buffers=_span(link.buffers),
        rings=_fixed_rings(link),
        payload=link.rings.payload,
        doorbells=StateWords(
            link.mailbox.base, {clint + 4 * hart: side for hart, side in ends.items()}
        ),
        lines={(clint + 4 * hart, 0): side for hart, side in ends.items()},
        consumed_notify=link.rings.consumed_notify,
        own=_own(board),
        rtos_master=harts[board.rtos.boot_hart],
    )


def _fixed_rings(link: MailboxLink) -> tuple[RingShape, ...]:
    """Return both rings, the second straight after the first."""
    shape = link.rings
    first = RingShape(link.vrings.base, shape.num, shape.align, shape.avail_aligned)
    second = first.base + first.stride
    return first, RingShape(second, shape.num, shape.align, shape.avail_aligned)


def _remoteproc(board: Board, link: RemoteprocLink, masters: dict[int, Side]) -> LinkSetup:
    harts = {hart.hart_id: hart.index for hart in board.harts}
    box = link.msgbox
    return LinkSetup(
        masters=masters,
        buffers=_span(link.carveouts["vdev0buffer"]),
        carveouts={name: _span(region) for name, region in link.carveouts.items()},
        payload=link.rings.payload,
        doorbells=MessageFifos(
            {box.linux.base: Side.LINUX, box.rtos.base: Side.RTOS}, box.slot, link.channel
        ),
        lines={(box.linux.base, 0): Side.LINUX, (box.rtos.base, 0): Side.RTOS},
        consumed_notify=link.rings.consumed_notify,
        own=_own(board),
        rpbuf=None if link.rpbuf is None else _span(link.rpbuf.region),
        rtos_master=harts[board.rtos.boot_hart],
    )
