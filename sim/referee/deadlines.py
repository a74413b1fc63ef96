# SPDX-License-Identifier: Apache-2.0
"""What has to happen before a time, in simulated time: the rules about what never comes.

A side that has died meets no deadline, and Linux may find that out and start it again: that is no
violation. So a rule fires when what was waited for comes too late, or when the link or the run ends
and the side that had to act was seen at work after the time; at the end of the run in any case.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

from sim.referee.rule import Rule
from sim.referee.side import Side
from sim.referee.violations import Report


class Deadline(NamedTuple):
    """Until `due_ns` `side` has to do something, or `rule` fires."""

    due_ns: int
    side: Side
    rule: Rule
    address: int
    expected: str
    found: str


class Deadlines:
    """The open deadlines by a key that says what is waited for.

    `seen_ns` is when each side was last seen at work on the link.
    """

    def __init__(self, report: Report) -> None:
        self.seen_ns = {Side.LINUX: 0, Side.RTOS: 0}
        self._report = report
        self._open: dict[Hashable, Deadline] = {}

    def start(self, key: Hashable, deadline: Deadline) -> None:
        """Wait for `key`, unless it is waited for already."""
        self._open.setdefault(key, deadline)

    def met(self, key: Hashable) -> None:
        """It has happened."""
        item = self._open.pop(key, None)
        if item is not None and item.due_ns < self._report.time_ns:
            self._fire(item)

    def cancel(self, key: Hashable) -> None:
        """It is waited for no more."""
        self._open.pop(key, None)

    def link_ends(self) -> None:
        """Nothing is waited for any more; a side that was at work is late with what is open."""
        self.finish(self.seen_ns)

    def run_ends(self, now_ns: int) -> None:
        """The run is over: whoever is late by now is so."""
        self.finish({Side.LINUX: now_ns, Side.RTOS: now_ns})

    def finish(self, at_work_ns: dict[Side, int]) -> None:
        """Fire what a side that was at work at these times is late with, and forget everything."""
        for item in self._open.values():
            if item.due_ns < at_work_ns[item.side]:
                self._fire(item)
        self._open.clear()

    def _fire(self, item: Deadline) -> None:
        """Fire the rule of a deadline, at the time when it was due and of no hart."""
        report = self._report
        here = report.time_ns, report.hart
        report.time_ns, report.hart = item.due_ns, None
        report.add(item.rule, item.address, item.expected, item.found)
        report.time_ns, report.hart = here
