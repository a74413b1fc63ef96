# SPDX-License-Identifier: Apache-2.0
"""StarFive's doorbell, generation 1: two state words in shared memory, and IPIs through msip.

The words say "there is a message"; a bare IPI says "buffers were given back". All IPIs of a side
look the same, so an IPI tells of every ring but the message ring, and of that if its word is BUSY.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntEnum

from sim.referee import doorbell_rules as rules
from sim.referee.deadlines import Deadline, Deadlines
from sim.referee.kicks import Kicks
from sim.referee.lines import Bell
from sim.referee.setup import StateWords
from sim.referee.side import Side
from sim.referee.violations import Report
from sim.referee.watch import POLLED, Watch

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


STATES = {state.value: state for state in State}
_WITHIN = f"within {ANSWER_WITHIN_NS // 1_000_000} ms"
_DONE_WANTED = {side: f"DONE from {side.name} {_WITHIN}" for side in Side}
_CLEARED = {side: f"{side.name} to clear it {_WITHIN}" for side in Side}


class SoftwareMailbox:
    """Both state words and the words that raise an interrupt (msip).

    `rung` is called with a side that rings, before its news are looked for.
    """

    def __init__(
        self,
        setup: StateWords,
        kicks: Kicks,
        report: Report,
        deadlines: Deadlines,
        *,
        rung: Callable[[Side], bool],
        bells: Mapping[Side, Bell],
    ) -> None:
        self._setup = setup
        self._kicks = kicks
        self._report = report
        self._deadlines = deadlines
        self._rung = rung
        self._bells = bells
        self._state = {Side.RTOS: State.READY, Side.LINUX: State.READY}
        self._marked: set[Side] = set()

    def watch(self, watch: Watch) -> None:
        """Look at the words."""
        for offset in WORDS:
            at = self._setup.base + offset
            watch.field(Side.LINUX, True, at, 4, (self._word_from_linux, offset))
            watch.field(Side.RTOS, True, at, 4, (self._word_from_rtos, offset))
        for at, target in self._setup.ipis.items():
            watch.field(target, True, at, 4, (self._own_ipi, at))
            watch.field(target.other, True, at, 4, (self._ipi, at))
        for at in (*(self._setup.base + offset for offset in WORDS), *self._setup.ipis):
            for side in Side:
                watch.field(side, False, at, 4, POLLED)

    def clear(self) -> None:
        """Forget what was marked."""
        self._marked.clear()

    # State words.

    def _word_from_linux(self, offset: int, value: int) -> None:
        self._word(Side.LINUX, offset, value)

    def _word_from_rtos(self, offset: int, value: int) -> None:
        self._word(Side.RTOS, offset, value)

    def _word(self, side: Side, offset: int, value: int) -> None:
        sender, at = WORDS[offset], self._setup.base + offset
        old = self._state[sender]
        if value not in STATES:
            self._report.add(rules.MAILBOX_VALUE, at, "0, 1 or 2", f"{value}")
            return
        new, own = STATES[value], side == sender
        if new == State.BUSY and own:
            self._busy(sender, at)
        elif new == State.DONE and not own:
            if old != State.BUSY:
                self._report.add(rules.MAILBOX_DONE, at, "BUSY before", old.name)
            self._deadlines.met(("mailbox", sender))
        elif new != State.READY or (old != State.READY and not own):
            who = sender if new != State.DONE else sender.other
            found = f"{new.name} from {side.name}"
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
                _DONE_WANTED[sender.other],
                "BUSY still",
            ),
        )

    # Interrupts.

    def _own_ipi(self, at: int, value: int) -> None:
        """The side that is interrupted writes its word."""
        self._line(at, value)
        if not value & 1:
            self._deadlines.met(("ipi", at))

    def _line(self, at: int, value: int) -> None:
        """The word drives the line."""
        bell = self._bells.get(self._setup.ipis[at])
        if bell is not None:
            bell.rung(at) if value & 1 else bell.answered()

    def _ipi(self, at: int, value: int) -> None:
        """The other side writes the word: it rings."""
        self._line(at, value)
        target = self._setup.ipis[at]
        side = target.other
        if not value & 1:
            self._deadlines.met(("ipi", at))
            return
        if not self._rung(side):
            return
        self._deadlines.start(
            ("ipi", at),
            Deadline(
                self._report.time_ns + ANSWER_WITHIN_NS,
                target,
                rules.IPI_UNANSWERED,
                at,
                _CLEARED[target],
                "1 still",
            ),
        )
        self._told(side, at)

    def _told(self, side: Side, at: int) -> None:
        marked = side in self._marked
        self._marked.discard(side)
        news = self._kicks.told(side, 1 - MESSAGE_RING[side])
        if marked:
            news = self._kicks.told(side, MESSAGE_RING[side]) or news
        if not news and not self._kicks.pending(side):
            self._kicks.spurious(at, f"an IPI from {side.name} without")
