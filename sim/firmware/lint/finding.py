# SPDX-License-Identifier: Apache-2.0
"""What a check of a firmware has found: how bad, which rule, where in the file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """``error``: it will not work; ``warning``: it may not; ``note``: good to know."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding; ``offset`` is a byte offset in the file, None when it is about no byte."""

    severity: Severity
    rule: str
    offset: int | None
    expected: str
    found: str

    def line(self) -> str:
        """Return the finding as one line."""
        place = "" if self.offset is None else f" at 0x{self.offset:x}"
        return f"{self.severity} [{self.rule}]{place}: expected {self.expected}, found {self.found}"

    def as_json(self) -> dict[str, Any]:
        """Return the finding as plain values."""
        return {
            "severity": str(self.severity),
            "rule": self.rule,
            "offset": self.offset,
            "expected": self.expected,
            "found": self.found,
        }


def error(rule: str, offset: int | None, expected: str, found: str) -> Finding:
    """Return a finding that makes the firmware unusable."""
    return Finding(Severity.ERROR, rule, offset, expected, found)


def warning(rule: str, offset: int | None, expected: str, found: str) -> Finding:
    """Return a finding that may be meant."""
    return Finding(Severity.WARNING, rule, offset, expected, found)


def note(rule: str, offset: int | None, expected: str, found: str) -> Finding:
    """Return a finding that changes nothing."""
    return Finding(Severity.NOTE, rule, offset, expected, found)
