# SPDX-License-Identifier: Apache-2.0
"""The lanes of a decoded waveform: messages, bus operations, ring indices, mailbox, violations."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from sim.boards.model import MailboxLink
from sim.decode.bus_access import BusAccess
from sim.decode.decoder import Decoded
from sim.decode.message import Message
from sim.lanes import Lane
from sim.life.message import Ring
from sim.referee.mailbox import WORDS
from sim.viewers.addresses import AddressNames

_MESSAGE_LANES = {Ring.TO_RTOS: "linux_to_rtos", Ring.TO_LINUX: "rtos_to_linux"}
_VALUE_BYTES = 8
MAILBOX_BITS = 2


def lanes_of(decoded: Decoded, names: AddressNames) -> list[Lane]:
    """Return all lanes, those without a change included but for the violations."""
    lanes = [
        _messages(lane, (m for m in decoded.link.messages if m.ring is ring))
        for ring, lane in _MESSAGE_LANES.items()
    ]
    if decoded.violations:
        lanes.append(_violations(decoded))
    lanes += _bus(decoded, names)
    lanes += _indices(decoded)
    lanes += _mailbox(decoded)
    return lanes


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


def _violations(decoded: Decoded) -> Lane:
    lane = Lane("violations")
    for item in sorted(decoded.violations, key=lambda item: item.time_ns):
        lane.set(item.time_ns, f"{item.rule.id}: expected {item.expected}, found {item.found}")
    return lane


def _bus(decoded: Decoded, names: AddressNames) -> list[Lane]:
    """Return for each hart what it does on the bus, by name, with a word's value."""
    lanes = {hart.index: Lane(f"hart{hart.index}_bus") for hart in decoded.board.harts}
    for access in decoded.traffic.accesses:
        lane = lanes[access.hart]
        lane.set(access.begin_ns, _operation(access, names))
        lane.set(access.time_ns, "")
    return [lane for lane in lanes.values() if lane.changes]


def _operation(access: BusAccess, names: AddressNames) -> str:
    verb = "write" if access.write else "read"
    what = f"{verb} {names.name(access.address)}"
    if access.response:
        return f"{what} refused"
    if access.length > _VALUE_BYTES:
        return f"{what}, {access.length} bytes"
    if access.data is None:
        return f"{what} = ?"
    return f"{what} = 0x{int.from_bytes(access.data, 'little'):x}"


def _indices(decoded: Decoded) -> list[Lane]:
    lanes = {
        (view.ring, part): Lane(f"ring{view.ring:d}_{part}_idx", 16)
        for view in decoded.link.rings
        for part in ("avail", "used")
    }
    for change in decoded.link.changes:
        lanes[change.ring, change.part].set(change.time_ns, change.new)
    return list(lanes.values())


def _mailbox(decoded: Decoded) -> list[Lane]:
    """Return the state words of a mailbox in memory, which has no signals."""
    link = decoded.board.rpmsg
    if not isinstance(link, MailboxLink):
        return []
    lanes = {
        link.mailbox.base + offset: Lane(f"mailbox_{side.name.lower()}", MAILBOX_BITS)
        for offset, side in WORDS.items()
    }
    for access in decoded.traffic.accesses:
        lane = lanes.get(access.address)
        if lane is not None and access.data is not None and not access.response:
            lane.set(access.time_ns, access.data[0] & (1 << MAILBOX_BITS) - 1)
    return list(lanes.values())
