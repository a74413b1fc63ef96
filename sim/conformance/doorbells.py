# SPDX-License-Identifier: Apache-2.0
"""Doorbells of the two boards, out of records: which ring Linux kicks, what the RTOS says back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from sim.boards.model import Board, MailboxLink, RemoteprocLink
from sim.records import Kind, Record

TX_STATUS, BUSY = 0x40, 1
"""StarFive's mailbox: the word that says that Linux's output has news (starfive_rpmsg.py)."""
SLOT, FIFO, WORD = 0x100, 0x70, 4
"""Allwinner's message box: a set of registers, the FIFO of its channel 0, from channel to channel
(sunxi-msgbox.c)."""
RING_IDS = (0, 1)
"""Words in the FIFO that are the notify id of a ring; others are not about rings."""


class Ring(NamedTuple):
    """A doorbell rung: ``ring`` is the one it names, None where the board's names none."""

    by_linux: bool
    ring: int | None


class Doorbells(Protocol):
    """Follows the stores to a board's doorbells."""

    def take(self, record: Record) -> Iterator[Ring]:
        """Yield what a record rings."""


def doorbells_of(board: Board) -> Doorbells:
    """Return the doorbells of a board's link."""
    link = board.rpmsg
    if isinstance(link, MailboxLink):
        return MailboxDoorbells(board, link)
    return MessageBoxDoorbells(link)


class MailboxDoorbells:
    """VisionFive 2: an IPI each way. Only the output queue's kick marks the mailbox before it."""

    def __init__(self, board: Board, link: MailboxLink) -> None:
        linux = set(board.linux.hart_ids)
        self._linux = {hart.index for hart in board.harts if hart.hart_id in linux}
        clint = board.compatible("sifive,clint0").region.base
        self._to_rtos = clint + 4 * link.rtos_hart
        self._to_linux = clint + 4 * board.linux.boot_hart
        self._tx_status = link.mailbox.base + TX_STATUS
        self._tx_marked = False

    def take(self, record: Record) -> Iterator[Ring]:
        """Yield the IPI that a record raises."""
        by_linux = record.hart in self._linux
        if record.kind == Kind.MEMORY_WRITE:
            if by_linux and record.address == self._tx_status:
                self._tx_marked = record.data[0] == BUSY
        elif record.kind == Kind.REGISTER_WRITE and record.data[0]:
            if by_linux and record.address == self._to_rtos:
                ring, self._tx_marked = int(self._tx_marked), False
                yield Ring(True, ring)
            elif not by_linux and record.address == self._to_linux:
                yield Ring(False, None)


class MessageBoxDoorbells:
    """V821: words with a ring's notify id, each to the other side's set of registers."""

    def __init__(self, link: RemoteprocLink) -> None:
        at = SLOT * link.msgbox.slot + FIFO + WORD * link.channel
        self._to_rtos = link.msgbox.rtos.base + at
        self._to_linux = link.msgbox.linux.base + at

    def take(self, record: Record) -> Iterator[Ring]:
        """Yield the ring that a word sent names."""
        if record.kind != Kind.REGISTER_WRITE:
            return
        if record.address in (self._to_rtos, self._to_linux) and record.value in RING_IDS:
            yield Ring(record.address == self._to_rtos, record.value)
