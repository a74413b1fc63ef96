# SPDX-License-Identifier: Apache-2.0
"""Published indices and the notifications that have to follow them."""

from __future__ import annotations

from collections import Counter

from sim.referee import doorbell_rules as rules
from sim.referee.deadlines import Deadline, Deadlines
from sim.referee.ring import Ring
from sim.referee.side import Side
from sim.referee.violations import Report

KICK_WITHIN_NS = 20_000_000
"""How long after a published index the notification may come. Linux gives buffers back one by one
and kicks once at the end, with the callbacks of all their messages in between."""
QUEUE_WORDS = 21
"""Words that Linux's mailbox framework holds back: 20 queued, one on its way (mailbox.c)."""
QUEUE_NS = 5_000_000
"""How long one of them may keep the next waiting: the period of its poll."""


class Kicks:
    """Which rings have news that their other side was not told of.

    With `queued`, Linux's kicks go through its mailbox framework, so they come later, and those of
    several published indices one after the other.
    """

    def __init__(
        self, consumed_notify: bool, queued: bool, report: Report, deadlines: Deadlines
    ) -> None:
        self._consumed_notify = consumed_notify
        self._queued = queued
        self._report = report
        self._deadlines = deadlines
        self._news: Counter[tuple[Side, int]] = Counter()
        self._held: Counter[tuple[Side, int]] = Counter()

    def clear(self, behind: bool) -> None:
        """The link has ended: nobody has news.

        With `behind` the remote had not read all of Linux's kicks: as many as Linux's queue holds
        come in the link's next life.
        """
        self._news.clear()
        self._held.clear()
        if behind and self._queued:
            self._held.update({(Side.LINUX, index): QUEUE_WORDS for index in range(2)})

    def published(self, ring: Ring, side: Side, old: int, new: int) -> None:
        """A side has moved its index: it has to kick if the other side wants that."""
        key = (side, ring.index)
        self._news[key] = min(self._news[key] + 1, QUEUE_WORDS)
        # rpmsg-lite tells of returned buffers only where it is configured so.
        expected = side in (ring.sender, Side.LINUX) or self._consumed_notify
        if expected and ring.wants_notification(side, old, new):
            at = ring.shape.avail + 2 if side == Side.LINUX else ring.shape.used + 2
            wait = KICK_WITHIN_NS
            if self._queued and side == Side.LINUX:
                wait += QUEUE_WORDS * QUEUE_NS
            self._deadlines.start(
                ("kick", key),
                Deadline(
                    self._report.time_ns + wait,
                    side,
                    rules.MISSING,
                    at,
                    f"a kick for vring {ring.index} within {wait // 1_000_000} ms",
                    f"none after index {new}",
                ),
            )

    def told(self, side: Side, index: int) -> bool:
        """The other side was told of a ring's news. -> whether there were any."""
        key = (side, index)
        self._deadlines.met(("kick", key))
        if not self._news[key]:
            held, self._held[key] = self._held[key], max(self._held[key] - 1, 0)
            return held > 0
        self._news[key] = self._news[key] - 1 if self._queued and side == Side.LINUX else 0
        return True

    def pending(self, side: Side) -> bool:
        """Tell whether a side has news that it has not told of yet."""
        return any(count for (who, _), count in self._news.items() if who == side)

    def spurious(self, address: int, what: str) -> None:
        """A side has told of news that it does not have."""
        self._report.add(rules.SPURIOUS, address, "a published index before", what)
