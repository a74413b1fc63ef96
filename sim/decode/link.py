# SPDX-License-Identifier: Apache-2.0
"""Follows the RPMsg link of a board through the accesses of a waveform, from wherever it begins."""

from __future__ import annotations

from typing import NamedTuple

from sim.boards.model import Board, MailboxLink
from sim.decode.bus_access import BusAccess
from sim.decode.memory import Memory
from sim.decode.message import Message
from sim.decode.ring import PARTS, IndexChange, RingPlace, RingView
from sim.decode.traffic import Happening, LineEdge, Reset, Traffic
from sim.life.link import LinkMap, link_map
from sim.life.message import HEADER_BYTES, NAME_SERVICE, Ring
from sim.referee.ring_layout import RingShape
from sim.referee.setup_of_board import setup_of
from sim.referee.side import Side

_PUBLISHES = {Ring.TO_LINUX: "used", Ring.TO_RTOS: "avail"}
"""The index with which a ring's sender hands over a message; the other one gives buffers back."""
RECEIVER = {Ring.TO_LINUX: Side.LINUX, Ring.TO_RTOS: Side.RTOS}
NAME_SERVICE_CHANNEL = "name service"


class Doorbell(NamedTuple):
    """A side has rung the other: it announces ``messages``, or none but buffers given back."""

    time_ns: int
    ring: Ring
    word: int | None
    messages: int


class LinkDecoder:
    """Takes what happens in order; ``notes`` says what could not be known."""

    def __init__(self, board: Board) -> None:
        self.map: LinkMap = link_map(board)
        self.messages: list[Message] = []
        self.changes: list[IndexChange] = []
        self.doorbells: list[Doorbell] = []
        self.notes: list[str] = []
        self._buffer_bytes = board.rpmsg.rings.payload + HEADER_BYTES
        self._memory = Memory(self.map.shared)
        self._offset = setup_of(board).memory_offset
        self.rings: tuple[RingView, ...] = ()
        for ring, shape in zip(Ring, ring_shapes(board), strict=False):
            self._lies(ring, shape)
        self._pending: tuple[dict[int, Message], ...] = ({}, {})
        self._unkicked: tuple[list[Message], ...] = ([], [])
        self._unraised: tuple[list[Message], ...] = ([], [])
        self._rises: dict[Side, int] = {}
        self._high_lines: set[Side] = set()
        self._names: tuple[dict[int, str], ...] = ({}, {})
        self._bells = {self.map.doorbell[ring]: ring for ring in Ring}
        self._base = min(base for base, _ in self.map.shared)
        self._end = max(base + size for base, size in self.map.shared)

    def follow(self, traffic: Traffic) -> None:
        """Take everything that a waveform shows."""
        for item in traffic.happenings():
            self.take(item)
        self.finish()

    def take(self, item: Happening | RingPlace) -> None:
        """Take what happened next."""
        if isinstance(item, BusAccess):
            self._access(item)
        elif isinstance(item, LineEdge):
            self._edge(item)
        elif isinstance(item, Reset):
            self._reset(item)
        else:
            self._placed(item)

    def concerns(self, address: int, length: int) -> bool:
        """Tell whether an access can matter here at all."""
        touches = address < self._end and address + length > self._base
        return touches or address in self._bells

    def finish(self) -> None:
        """Give the messages the names of their channels, when all are there."""
        for message in self.messages:
            self._learn_name(message)

    # What is on the bus.

    def _access(self, access: BusAccess) -> None:
        ring = self._bells.get(access.address)
        if ring is not None and access.write and not access.response:
            self._bell(ring, access)
        address, end = access.address, access.address + access.length
        if access.response or address >= self._end or end <= self._base:
            return
        if not access.write:
            self._memory.learn(address, access.data, access.length)
            if access.data is not None:
                self._seen(access)
            return
        zero = access.data is not None and not any(access.data)
        for view in self.rings:
            if address < view.shape.end and end > view.shape.base:
                published = view.written(address, access.length, zero)
                old = {part: view.index(part) for part in PARTS}
                self._memory.learn(address, access.data, access.length)
                for part in PARTS:
                    if part in published:
                        self._index(view, part, old[part], access)
                    elif old[part] and view.index(part) == 0:  # cleared with the ring
                        self.changes.append(
                            IndexChange(access.time_ns, view.ring, part, old[part], 0)
                        )
                return
        self._memory.learn(address, access.data, access.length)

    def _index(self, view: RingView, part: str, old: int | None, access: BusAccess) -> None:
        new = view.index(part)
        if new is None:
            return
        ring, time = view.ring, access.time_ns
        self.changes.append(IndexChange(time, ring, part, old, new))
        slots = view.published(part, old, new)
        publishes = part == _PUBLISHES[ring]
        if slots is None:
            self._note(time, f"the {part} index of ring {ring:d} jumps from {old} to {new}")
        elif old is None and not slots:
            what = "messages" if publishes else "buffers"
            self._note(
                time,
                f"the {part} index of ring {ring:d} is {new}: which {what} it stands for "
                "lies before the waveform's beginning",
            )
        for slot in slots or ():
            if publishes:
                self._publish(view, part, slot, time)
            else:
                self._free(view, part, slot, time)

    def _note(self, time: int, text: str) -> None:
        self.notes.append(f"{time / 1000:.3f} us: {text}")

    def _publish(self, view: RingView, part: str, slot: int, time: int) -> None:
        head = view.head(part, slot)
        buffer = view.buffer(head)
        size = self._buffer_bytes
        content, known = (
            (bytearray(size), bytearray(size))
            if buffer is None
            else self._memory.read(buffer, size)
        )
        message = Message(len(self.messages), time, view.ring, head, buffer, content, known)
        self.messages.append(message)
        if buffer is not None:
            self._pending[view.ring][buffer] = message
        self._unkicked[view.ring].append(message)

    def _free(self, view: RingView, part: str, slot: int, time: int) -> None:
        buffer = view.buffer(view.head(part, slot))
        message = self._pending[view.ring].pop(buffer, None) if buffer is not None else None
        if message is not None:
            message.steps["free"] = time

    def _seen(self, access: BusAccess) -> None:
        """A read: the receiver may look at a message, and show bytes that were not known."""
        address, end = access.address, access.address + access.length
        for ring in Ring:
            if access.hart != self.map.receiver[ring]:
                continue
            for buffer, message in self._pending[ring].items():
                if address < buffer + self._buffer_bytes and end > buffer:
                    message.steps.setdefault("take", access.time_ns)
                    self._fill(message, buffer, access)

    def _fill(self, message: Message, buffer: int, access: BusAccess) -> None:
        assert access.data is not None
        first = max(access.address, buffer)
        last = min(access.address + access.length, buffer + len(message.content))
        for at in range(first, last):
            if not message.known[at - buffer]:
                message.content[at - buffer] = access.data[at - access.address]
                message.known[at - buffer] = 1

    def _bell(self, ring: Ring, access: BusAccess) -> None:
        word = None if access.data is None else int.from_bytes(access.data, "little")
        if access.hart != self.map.sender[ring] or (word == 0 and self.map.line == 1):
            return
        announced = self._unkicked[ring]
        for message in announced:
            message.steps["kick"] = access.begin_ns
        receiver = RECEIVER[ring]
        rise = self._rises.get(receiver, -1)
        if rise >= access.begin_ns:  # the line is up before the write has its response
            for message in announced:
                message.steps["line"] = rise
        elif receiver not in self._high_lines:
            self._unraised[ring].extend(announced)
        self.doorbells.append(Doorbell(access.begin_ns, ring, word, len(announced)))
        announced.clear()

    def _edge(self, edge: LineEdge) -> None:
        if not edge.high:
            self._high_lines.discard(edge.side)
            return
        self._high_lines.add(edge.side)
        self._rises[edge.side] = edge.time_ns
        for ring in Ring:
            if edge.side == RECEIVER[ring]:
                for message in self._unraised[ring]:
                    message.steps["line"] = edge.time_ns
                self._unraised[ring].clear()

    def _reset(self, reset: Reset) -> None:
        if reset.hart != self.map.rtos or reset.running:
            return
        for ring in Ring:
            for message in self._pending[ring].values():
                message.lost = True
            self._pending[ring].clear()
            self._unkicked[ring].clear()
            self._unraised[ring].clear()

    def _placed(self, place: RingPlace) -> None:
        """A ring lies there from now on: what was under way on an earlier one is lost."""
        ring, shape = place.ring, place.shape
        for message in self._pending[ring].values():
            message.lost = True
        for kept in (self._pending[ring], self._unkicked[ring], self._unraised[ring]):
            kept.clear()
        self._memory.learn(shape.base, None, shape.end - shape.base)
        self._lies(ring, shape)

    def _lies(self, ring: Ring, shape: RingShape) -> None:
        view = RingView(ring, shape, self._memory, self._offset)
        self.rings = (*(other for other in self.rings if other.ring is not ring), view)

    # Channels.

    def _learn_name(self, message: Message) -> None:
        own, other = self._names[message.ring], self._names[1 - message.ring]
        announced = message.announcement
        if announced is not None:
            own[announced[1]] = announced[0]
        if message.dst == NAME_SERVICE:
            message.channel = NAME_SERVICE_CHANNEL
            return
        src, dst = message.src, message.dst
        message.channel = (own.get(src) if src is not None else None) or (
            (other.get(dst) if dst is not None else None) or ""
        )


def ring_shapes(board: Board) -> tuple[RingShape, ...]:
    """Return where both rings lie: fixed, or at the start of the carveouts that Linux takes.

    None does before a real kernel has said where it has them.
    """
    link = board.rpmsg
    if board.real_linux:
        return ()
    if isinstance(link, MailboxLink):
        return setup_of(board).rings
    shape = link.rings
    return tuple(
        RingShape(
            link.carveouts[f"vdev0vring{n}"].base, shape.num, shape.align, shape.avail_aligned
        )
        for n in range(2)
    )
