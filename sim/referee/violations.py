# SPDX-License-Identifier: Apache-2.0
"""What the referee has found: a violation each time that a rule fires, with time and place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sim.referee.rule import Rule, Severity

KEPT = 100
"""Violations of one rule that are kept; further ones are only counted."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that fired. `hart` is the index on the fabric, None where no hart is at fault."""

    rule: Rule
    time_ns: int
    hart: int | None
    address: int
    expected: str
    found: str

    def as_dict(self) -> dict[str, Any]:
        """Return it as it stands in a result file."""
        return {
            "rule": self.rule.id,
            "severity": self.rule.severity.name.lower(),
            "time_ns": self.time_ns,
            "hart": self.hart,
            "address": f"0x{self.address:x}",
            "expected": self.expected,
            "found": self.found,
            "clause": self.rule.clause,
        }

    def __str__(self) -> str:
        hart = "" if self.hart is None else f"hart {self.hart}, "
        where = f"{self.time_ns / 1000:.2f} us, {hart}0x{self.address:x}"
        return f"{where}: {self.rule.id}: expected {self.expected}, found {self.found}"


class Report:
    """Collects violations. The referee keeps `time_ns` and `hart` at what it looks at.

    `on_violation`, if set, is called with each one that is kept.
    """

    def __init__(self) -> None:
        self.time_ns = 0
        self.hart: int | None = None
        self.counts: Counter[str] = Counter()
        self.violations: list[Violation] = []
        self.on_violation: Callable[[Violation], None] | None = None

    def add(self, rule: Rule, address: int, expected: str, found: str) -> None:
        """Note that `rule` fired at `address`, here and now."""
        self.counts[rule.id] += 1
        if self.counts[rule.id] <= KEPT:
            item = Violation(rule, self.time_ns, self.hart, address, expected, found)
            self.violations.append(item)
            if self.on_violation is not None:
                self.on_violation(item)

    @property
    def failed(self) -> bool:
        """Tell whether a rule fired that fails a run."""
        return bool(self.failing)

    @property
    def failing(self) -> set[str]:
        """Return the rules that fired and fail a run."""
        errors = (item.rule for item in self.violations if item.rule.severity == Severity.ERROR)
        return {rule.id for rule in errors}
