# SPDX-License-Identifier: Apache-2.0
"""The times that a waveform is marked at: violations, the first, the worst and lost messages."""

from __future__ import annotations

from typing import NamedTuple

from sim.decode.decoder import Decoded
from sim.decode.message import Message

MOST = 26
"""GTKWave has as many markers as letters."""
FIRST = "first_message"
"""The marker that a viewer begins at, where there is one."""


class Marker(NamedTuple):
    """A named time; ``name`` is one word."""

    time_ns: int
    name: str


def markers_of(decoded: Decoded) -> list[Marker]:
    """Return the markers, no more than viewers have."""
    messages = [m for m in decoded.link.messages if not m.announcement] or decoded.link.messages
    found = []
    if messages:
        found.append(Marker(messages[0].time_ns, FIRST))
    ended = [message for message in messages if "free" in message.steps]
    if ended:
        worst = max(ended, key=_duration)
        found.append(Marker(worst.time_ns, f"worst_message_{worst.number}"))
    for number, item in enumerate(sorted(decoded.violations, key=lambda v: v.time_ns)):
        found.append(Marker(item.time_ns, f"violation_{number}_{item.rule.id}"))
    found += [Marker(m.time_ns, f"lost_message_{m.number}") for m in messages if m.lost]
    return found[:MOST]


def _duration(message: Message) -> int:
    return message.steps["free"] - message.time_ns
