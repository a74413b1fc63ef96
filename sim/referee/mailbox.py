# SPDX-License-Identifier: Apache-2.0
"""StarFive's doorbell, generation 1: two state words in shared memory, and IPIs through msip.

The words say "there is a message"; a bare IPI says "buffers were given back". All IPIs of a side
look the same, so an IPI tells of every ring but the message ring, and of that if its word is BUSY.
"""

from __future__ import annotations

from enum import IntEnum

from sim.referee import doorbell_rules as rules
from sim.referee.access import Access, Side
from sim.referee.deadlines import Deadline, Deadlines
from sim.referee.kicks import Kicks
from sim.referee.violations import Report

ANSWER_WITHIN_NS = 50_000_000
"""How long a side may take to answer an interrupt."""
WORDS = {0x00: Side.RTOS, 0x40: Side.LINUX}
"""Offset of each state word, and the side that sends with it."""
MESSAGE_RING = {Side.RTOS: 0, Side.LINUX: 1}


class State(IntEnum):
    """State of one direction."""

    READY = 0
    BUSY = 1
    DONE = 2


class SoftwareMailbox:
    """Both state words at `base`, and the msip words by their address."""

    def __init__(
        self, base: int, msip: dict[int, Side], kicks: Kicks, report: Report, deadlines: Deadlines
    ) -> None:
        self.base = base
        self.msip = msip
        self._kicks = kicks
        self._report = report
        self._deadlines = deadlines
        self._state = {Side.RTOS: State.READY, Side.LINUX: State.READY}
        self._marked: set[Side] = set()

    def clear(self) -> None:
        """Forget what was marked."""
        self._marked.clear()

    def access(self, access: Access) -> None:
        """Follow an access to the mailbox page."""
        sender = WORDS.get(access.address - self.base)
        if access.write and sender is not None:
            self._word(access, sender)

    def _word(self, access: Access, sender: Side) -> None:
        value, old, at = access.word(), self._state[sender], access.address
        try:
            new = State(value)
        except ValueError:
            self._report.add(rules.MAILBOX_VALUE, at, "0, 1 or 2", f"{value}")
            return
        own = access.side == sender
        if new == State.BUSY and own:
            self._busy(sender, at)
        elif new == State.DONE and not own:
            if old != State.BUSY:
                self._report.add(rules.MAILBOX_DONE, at, "BUSY before", old.name)
            self._deadlines.met(("mailbox", sender))
        elif new != State.READY or (old != State.READY and not own):
            who = sender if new != State.DONE else sender.other
            found = f"{new.name} from {access.side.name}"
            self._report.add(rules.MAILBOX_SIDE, at, f"{new.name} from {who.name}", found)
        self._state[sender] = new

    def _busy(self, sender: Side, at: int) -> None:
        self._marked.add(sender)
        self._deadlines.start(
            ("mailbox", sender),
            Deadline(
                self._report.time_ns + ANSWER_WITHIN_NS,
                sender.other,
                rules.MAILBOX_UNANSWERED,
                at,
                f"DONE from {sender.other.name} within {ANSWER_WITHIN_NS // 1_000_000} ms",
                "BUSY still",
            ),
        )

    def ipi(self, access: Access) -> bool:
        """Follow a write to an msip word. -> whether it was a doorbell."""
        target = self.msip[access.address]
        if not access.word() & 1:
            self._deadlines.met(("ipi", access.address))
            return False
        side = access.side
        if target == side:
            return False
        self._deadlines.start(
            ("ipi", access.address),
            Deadline(
                self._report.time_ns + ANSWER_WITHIN_NS,
                target,
                rules.IPI_UNANSWERED,
                access.address,
                f"{target.name} to clear it within {ANSWER_WITHIN_NS // 1_000_000} ms",
                "1 still",
            ),
        )
        self._told(side, access.address)
        return True

    def _told(self, side: Side, at: int) -> None:
        marked = side in self._marked
        self._marked.discard(side)
        news = self._kicks.told(side, 1 - MESSAGE_RING[side])
        if marked:
            news = self._kicks.told(side, MESSAGE_RING[side]) or news
        if not news and not self._kicks.pending(side):
            self._kicks.spurious(at, f"an IPI from {side.name} without")
