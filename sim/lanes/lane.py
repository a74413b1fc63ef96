# SPDX-License-Identifier: Apache-2.0
"""A lane: a text or a number over time, as a signal of a scope of its own."""

from __future__ import annotations

from dataclasses import dataclass, field

SCOPE = "decoded"
"""The scope of all lanes, beside the simulation top."""
TEXT = 0
"""Bits of a lane that holds text."""

Value = str | int | None


@dataclass
class Lane:
    """A signal of ``bits`` bits, or of text. Changes are (time in ns, value), ascending.

    Before its first change a lane is empty or unknown (x); None is unknown, too.
    """

    name: str
    bits: int = TEXT
    changes: list[tuple[int, Value]] = field(default_factory=list)

    def set(self, time_ns: int, value: Value) -> None:
        """Change the value from that time on; a second change at one time replaces the first."""
        changes = self.changes
        if changes and changes[-1][0] == time_ns:
            changes.pop()
        if not changes or changes[-1][1] != value:
            changes.append((time_ns, value))


def bits_of(value: Value, bits: int) -> str:
    """Return a number's bits as text, the highest first."""
    return "x" * bits if value is None else format(int(value), f"0{bits}b")
