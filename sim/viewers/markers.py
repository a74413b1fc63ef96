# SPDX-License-Identifier: Apache-2.0
"""The times that a waveform is marked at: violations, the first, the worst and lost messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sim.decode.message import Message
from sim.referee import Violation

MOST = 26
"""GTKWave has as many markers as letters."""
FIRST = "first_message"
"""The marker that a viewer begins at, where there is one."""


class Marker(NamedTuple):
    """A named time; ``name`` is one word."""

    time_ns: int
    name: str


class Flaw(NamedTuple):
    """A violation: when in the waveform, which rule, what was expected and found."""

    time_ns: int
    rule: str
    expected: str
    found: str

    @classmethod
    def of(cls, violation: Violation) -> Flaw:
        """Return what the referee holds against a waveform."""
        where, rule = violation.time_ns, violation.rule.id
        return cls(where, rule, violation.expected, violation.found)

    @classmethod
    def of_result(cls, item: Mapping[str, Any], clock_0_ns: int) -> Flaw:
        """Return a violation of a result, whose times begin where the waveform has that one."""
        return cls(item["time_ns"] + clock_0_ns, item["rule"], item["expected"], item["found"])


def markers_of(all_messages: Sequence[Message], flaws: Sequence[Flaw]) -> list[Marker]:
    """Return the markers, no more than viewers have; ``flaws`` are in the order of time."""
    messages = [m for m in all_messages if not m.announcement] or all_messages
    found = []
    if messages:
        found.append(Marker(messages[0].time_ns, FIRST))
    ended = [message for message in messages if "free" in message.steps]
    if ended:
        worst = max(ended, key=_duration)
        found.append(Marker(worst.time_ns, f"worst_message_{worst.number}"))
    for number, flaw in enumerate(flaws):
        found.append(Marker(flaw.time_ns, f"violation_{number}_{flaw.rule}"))
    found += [Marker(m.time_ns, f"lost_message_{m.number}") for m in messages if m.lost]
    return found[:MOST]


def _duration(message: Message) -> int:
    return message.steps["free"] - message.time_ns
