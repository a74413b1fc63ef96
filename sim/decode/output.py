# SPDX-License-Identifier: Apache-2.0
"""What was decoded, as lines for people and as one JSON object."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge
from typing import Any

from sim.decode.decoder import Decoded
from sim.decode.link import Doorbell
from sim.decode.message import UNKNOWN, Message
from sim.decode.ring import IndexChange

RING_NAMES = ("to linux", "to rtos")


def as_dict(decoded: Decoded) -> dict[str, Any]:
    """Return everything, times in ns of the waveform; null is what is not known."""
    link, traffic = decoded.link, decoded.traffic
    return {
        "waveform": str(decoded.path),
        "board": decoded.board.name,
        "begin_ns": traffic.begin_ns,
        "end_ns": traffic.end_ns,
        "complete": decoded.complete,
        "bus_transactions": len(traffic.accesses),
        "messages": [message.as_dict() for message in link.messages],
        "doorbells": [
            {
                "time_ns": bell.time_ns,
                "direction": bell.ring.arrow,
                "word": bell.word,
                "messages": bell.messages,
            }
            for bell in link.doorbells
        ],
        "rings": [
            {
                "ring": int(view.ring),
                "direction": view.ring.arrow,
                "num": view.shape.num,
                "avail_idx": view.index("avail"),
                "used_idx": view.index("used"),
            }
            for view in link.rings
        ],
        "ring_changes": [
            {
                "time_ns": change.time_ns,
                "ring": int(change.ring),
                "index": change.part,
                "old": change.old,
                "new": change.new,
            }
            for change in link.changes
        ],
        "violations": (
            [item.as_dict() for item in decoded.violations] if decoded.complete else None
        ),
        "unknown": list(link.notes),
    }


def lines(decoded: Decoded, details: bool = False) -> Iterator[str]:
    """Yield the messages, what was not known, ring states and violations.

    With ``details`` doorbells and index changes stand between the messages.
    """
    link = decoded.link
    if not details:
        yield from (message_line(message) for message in link.messages)
    else:
        timed = merge(
            ((message.time_ns, 2, message_line(message)) for message in link.messages),
            ((bell.time_ns, 3, _bell_line(bell)) for bell in _in_order(link.doorbells)),
            ((change.time_ns, 1, _change_line(change)) for change in link.changes),
        )
        yield from (line for _, _, line in timed)
    yield from (f"unknown: {note}" for note in link.notes)
    for view in link.rings:
        avail, used = (_or_unknown(view.index(part)) for part in ("avail", "used"))
        name = RING_NAMES[view.ring]
        yield f"ring {view.ring:d} ({name}): avail index {avail}, used index {used} at the end"
    for item in decoded.violations:
        yield f"{item.rule.severity.name.lower()}: {item}"
    yield _summary(decoded)


def _in_order(bells: list[Doorbell]) -> list[Doorbell]:
    return sorted(bells, key=lambda bell: bell.time_ns)


def _or_unknown(value: int | None, form: str = "d") -> str:
    return UNKNOWN if value is None else format(value, form)


def message_line(message: Message) -> str:
    """Return a message in one line: time, direction, channel, addresses, length, text."""
    src, dst = (_or_unknown(address, "#x") for address in (message.src, message.dst))
    length = _or_unknown(message.length)
    lost = "  (lost)" if message.lost else ""
    return (
        f"{_time(message.time_ns)}  {message.ring.arrow}  {message.channel or UNKNOWN:<16}  "
        f"{src:>6} -> {dst:<6}  {length:>4}  {message.text}{lost}"
    )


def _bell_line(bell: Doorbell) -> str:
    word = "" if bell.word is None else f" 0x{bell.word:x}"
    what = f"{bell.messages} message{'' if bell.messages == 1 else 's'}"
    return f"{_time(bell.time_ns)}  {bell.ring.arrow}  doorbell{word}: {what}"


def _change_line(change: IndexChange) -> str:
    old = _or_unknown(change.old)
    name = RING_NAMES[change.ring]
    return (
        f"{_time(change.time_ns)}  ring {change.ring:d} ({name}): "
        f"{change.part} index {old} -> {change.new}"
    )


def _time(nanoseconds: int) -> str:
    return f"{nanoseconds / 1000:12.3f} us"


def _summary(decoded: Decoded) -> str:
    link, traffic = decoded.link, decoded.traffic
    down = sum(message.ring for message in link.messages)
    seen = (
        f"{down} messages to the RTOS, {len(link.messages) - down} to Linux, "
        f"{len(link.doorbells)} doorbells, {len(traffic.accesses)} bus transactions "
        f"from {traffic.begin_ns / 1000:.3f} to {traffic.end_ns / 1000:.3f} us"
    )
    if not decoded.complete:
        return f"{seen}; violations not judged: the waveform begins in the middle of a run"
    count = len(decoded.violations)
    return f"{seen}; {count or 'no'} violation{'' if count == 1 else 's'}"
