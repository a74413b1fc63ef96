# SPDX-License-Identifier: Apache-2.0
"""The lanes of the link: messages as text, ring indices, violations."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from sim.decode.link import LinkDecoder
from sim.decode.message import Message
from sim.lanes import Lane
from sim.life.message import Ring
from sim.viewers.access_lanes import AccessLanes
from sim.viewers.markers import Flaw

_MESSAGE_LANES = {Ring.TO_RTOS: "linux_to_rtos", Ring.TO_LINUX: "rtos_to_linux"}


def all_lanes(link: LinkDecoder, flaws: Sequence[Flaw], accesses: AccessLanes) -> list[Lane]:
    """Return all lanes, those without a change included but for the violations."""
    lanes = [
        _messages(lane, (m for m in link.messages if m.ring is ring))
        for ring, lane in _MESSAGE_LANES.items()
    ]
    if flaws:
        lanes.append(_violations(flaws))
    return lanes + accesses.bus + _indices(link) + accesses.mailbox


def _messages(name: str, messages: Iterable[Message]) -> Lane:
    """Return a lane with the text of the newest message that is on the ring."""
    lane = Lane(name)
    under_way: deque[Message] = deque()
    for message in messages:
        _retire(lane, under_way, message.time_ns)
        under_way.append(message)
        lane.set(message.time_ns, _shown(under_way))
    _retire(lane, under_way, None)
    return lane


def _retire(lane: Lane, under_way: deque[Message], until: int | None) -> None:
    """Take messages off whose buffer was given back by then; one that never was stays."""
    back = [m for m in under_way if "free" in m.steps]
    for message in sorted(back, key=lambda m: m.steps["free"]):
        time = message.steps["free"]
        if until is None or time < until:
            under_way.remove(message)
            lane.set(time, _shown(under_way))


def _shown(under_way: deque[Message]) -> str:
    if not under_way:
        return ""
    more = f" (+{len(under_way) - 1})" if len(under_way) > 1 else ""
    return under_way[-1].text + more


def _violations(flaws: Sequence[Flaw]) -> Lane:
    lane = Lane("violations")
    for flaw in flaws:
        lane.set(flaw.time_ns, f"{flaw.rule}: expected {flaw.expected}, found {flaw.found}")
    return lane


def _indices(link: LinkDecoder) -> list[Lane]:
    lanes = {
        (view.ring, part): Lane(f"ring{view.ring:d}_{part}_idx", 16)
        for view in link.rings
        for part in ("avail", "used")
    }
    for change in link.changes:
        lanes[change.ring, change.part].set(change.time_ns, change.new)
    return list(lanes.values())
