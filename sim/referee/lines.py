# SPDX-License-Identifier: Apache-2.0
"""The interrupt lines that doorbells raise: each doorbell raises its line, and nothing else does.

The edge of a line and the store that causes it may be told of in any order within a short time.
"""

from __future__ import annotations

from sim.referee import line_rules as rules
from sim.referee.deadlines import Deadline, Deadlines
from sim.referee.rule import Rule
from sim.referee.side import Side
from sim.referee.violations import Report

SETTLED_NS = 2_000
"""How long after a doorbell its line may rise, and after a line's edge its cause may be told of."""


class Bell:
    """The line of one side, as it follows the doorbells of the other.

    With `cleared` the side is seen to clear its interrupts; otherwise the line's fall is that.
    """

    def __init__(self, side: Side, cleared: bool, report: Report, deadlines: Deadlines) -> None:
        self.side = side
        self.enabled = True
        self._cleared = cleared
        self._high = False
        self._rung_while_high = False
        self._caused = False
        self._report = report
        self._deadlines = deadlines
        # What is expected again and again, ready to be said.
        self._line_up = f"the line of {side.name} up within {SETTLED_NS // 1000} us"
        self._a_line_up = f"{side.name}'s line up"

    def _expect(self, rule: Rule, address: int, expected: str, found: str) -> None:
        due = self._report.time_ns + SETTLED_NS
        deadline = Deadline(due, self.side, rule, address, expected, found)
        self._deadlines.start((rule.id, self.side), deadline)

    def _met(self, *what: Rule) -> None:
        for rule in what:
            self._deadlines.met((rule.id, self.side))

    def rung(self, address: int) -> None:
        """The other side rings."""
        self._caused = True
        self._met(rules.WITHOUT_CAUSE)
        if self._high:
            self._rung_while_high = True
        elif self.enabled:
            self._expect(rules.MISSING, address, self._line_up, "down still")

    def taken(self) -> None:
        """The side has found out by itself what the doorbell tells of."""
        self._rung_while_high = False
        self._met(rules.MISSING, rules.LOST)

    def answered(self) -> None:
        """The side clears its interrupt."""
        self._caused = False
        self.taken()

    def edge(self, high: bool) -> None:
        """The line goes up or down."""
        self._high = high
        if high:
            self._met(rules.MISSING, rules.LOST)
            if not self._caused:
                self._expect(rules.WITHOUT_CAUSE, 0, "a doorbell", self._a_line_up)
        elif not self._cleared:
            self.answered()
        elif self._rung_while_high:
            expected = f"{self.side.name} to clear the doorbell that came last"
            self._expect(rules.LOST, 0, expected, "its line down without")
