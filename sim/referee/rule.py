# SPDX-License-Identifier: Apache-2.0
"""What a rule is, and the register of all rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum


class Severity(IntEnum):
    """How bad it is when a rule fires: an error fails a run, a warning does not."""

    WARNING = 1
    ERROR = 2


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: `clause` is where it comes from, `text` what has to hold."""

    id: str
    severity: Severity
    clause: str
    text: str


RULES: dict[str, Rule] = {}
"""All rules by their id, in the order of the rulebooks."""


def chapter(prefix: str) -> Callable[..., Rule]:
    """Return what makes and registers the rules of one rulebook; their ids begin with `prefix`."""

    def make(name: str, clause: str, text: str, severity: Severity = Severity.ERROR) -> Rule:
        rule = Rule(f"{prefix}-{name}", severity, clause, text)
        if rule.id in RULES:
            raise ValueError(f"rule {rule.id}: expected one of that id, found two")
        RULES[rule.id] = rule
        return rule

    return make
