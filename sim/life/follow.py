# SPDX-License-Identifier: Apache-2.0
"""Follows every message through a record stream: software events first, memory traffic second."""

from __future__ import annotations

from collections.abc import Iterable

from sim.life.activity import HartActivity
from sim.life.channels import Channels
from sim.life.exchanges import Exchanges
from sim.life.link import LinkMap
from sim.life.message import HEADER_BYTES, Exchange, Message, Ring
from sim.life.receiving import Receiving
from sim.life.sending import Sending
from sim.life.shadow import Shadow
from sim.records import Kind, Record

KINDS = frozenset(
    (
        *(Kind.LOAD, Kind.STORE, Kind.READ, Kind.WRITE, Kind.MEMORY_WRITE, Kind.LINES),
        *(Kind.STOP, Kind.THREAD, Kind.EVENT, Kind.NAME),
    )
)
"""What a follower looks at."""
LOCK_WAIT = "lock_wait "
"""Begins the event of a thread that has to wait for a lock; the lock's name follows."""
_DESCRIPTOR_BYTES = 16
_LENGTH_AT = 12
_RING_BITS = 1


class Follower:
    """Takes the records of a run in order; then ``messages`` and the rest are complete.

    ``unmatched`` counts, by name, the events that fit no message.
    """

    def __init__(self, link: LinkMap, harts: int) -> None:
        self.link = link
        self.messages: list[Message] = []
        self.unmatched: dict[str, int] = {}
        self.activity = [HartActivity() for _ in range(harts)]
        self.end = 0
        self._shadow = Shadow(link.shared)
        self._names: dict[int, str] = {}
        self._sending = (Sending(Ring.TO_LINUX, False), Sending(Ring.TO_RTOS, True))
        self._receiving = tuple(
            Receiving(link, ring, self.activity[link.receiver[ring]]) for ring in Ring
        )
        self._channels = Channels()
        self._exchanges = Exchanges()
        self._doorbells = {link.doorbell[ring]: ring for ring in Ring}

    @property
    def exchanges(self) -> list[Exchange]:
        """Return the request and answer pairs that applications measured."""
        return self._exchanges.found

    def take(self, record: Record) -> None:
        """Take the next record."""
        kind = record.kind
        if kind <= Kind.WRITE:
            self._bus(record)
        elif kind == Kind.MEMORY_WRITE:
            if not record.response:
                self._shadow.write(record.address, record.data)
        elif kind == Kind.EVENT:
            self._event(record, self._names[record.address])
        elif kind == Kind.LINES:
            self.activity[record.hart].set_lines(record.cycle, record.value)
        elif kind == Kind.THREAD:
            self._thread(record, record.payload.decode("ascii", "replace"))
        elif kind == Kind.NAME:
            self._names[record.address] = record.payload.decode("ascii", "replace")
        elif kind == Kind.STOP:
            self._stop(record)
        self.end = max(self.end, record.cycle)

    def _bus(self, record: Record) -> None:
        """Take a hart's request: when it was, and which doorbell it rang."""
        kind = record.kind
        self.activity[record.hart].bus(record.cycle, record.span, kind, record.address)
        if kind != Kind.STORE or record.response:
            return
        ring = self._doorbells.get(record.address)
        if ring is not None and record.hart == self.link.sender[ring]:
            self._sending[ring].doorbell(record.cycle - record.span)

    def _thread(self, record: Record, name: str) -> None:
        activity = self.activity[record.hart]
        activity.switch(record.cycle, name)
        if record.hart == self.link.linux and name == "irq":
            activity.interrupts.append(record.cycle)

    def _stop(self, record: Record) -> None:
        """A hart is held in reset: what was under way on the link is lost."""
        self.activity[record.hart].switch(record.cycle, "off")
        if record.hart == self.link.rtos:
            for ring in Ring:
                self._sending[ring].reset()
                self._receiving[ring].reset()

    def _event(self, record: Record, name: str) -> None:
        if name == "irq":
            self.activity[record.hart].interrupts.append(record.cycle)
            return
        if name.startswith(LOCK_WAIT):
            lock = name.removeprefix(LOCK_WAIT)
            self.activity[record.hart].wait_for_lock(record.cycle, lock)
            return
        rtos = record.hart == self.link.rtos
        thread = self.activity[record.hart].thread
        cycle, a, b = record.cycle, record.value, record.length
        if name == "msg_recv":
            if rtos and not a:  # a receive that failed, which the port reports as one from nowhere
                return
            ring = Ring.TO_RTOS if rtos else Ring.TO_LINUX
            message = self._receiving[ring].recv(cycle, a, b)
            self._note(name, message)
            if message is not None:
                self._exchanges.received(message)
        elif name.startswith("msg_"):
            self._note(name, self._message_event(name[4:], Ring(a & _RING_BITS), cycle, b, thread))
        elif not rtos:
            self._exchanges.event(name, cycle, a, b, thread)

    def _note(self, name: str, message: Message | bool | None) -> None:
        if message is None:
            self.unmatched[name] = self.unmatched.get(name, 0) + 1

    def _message_event(
        self, name: str, ring: Ring, cycle: int, descriptor: int, thread: str
    ) -> Message | bool | None:
        """Return the message, True for an event that belongs to none yet, None if unmatched."""
        sending, receiving = self._sending[ring], self._receiving[ring]
        match name:
            case "begin":
                sending.begin(cycle, thread)
            case "wait":
                sending.wait(cycle, thread)
            case "alloc":
                sending.alloc(cycle, descriptor, thread)
            case "fill":
                return sending.fill(cycle, descriptor, thread)
            case "send":
                return self._published(ring, sending.publish(cycle, descriptor, thread))
            case "take":
                return receiving.take(cycle, descriptor)
            case "callback":
                return receiving.callback(cycle, descriptor)
            case "free":
                return receiving.free(cycle, descriptor)
        return True

    def _published(self, ring: Ring, message: Message | None) -> Message | None:
        """A message is on the ring: read it there, and give it its number."""
        if message is None:
            return None
        at = self.link.descriptors[ring] + _DESCRIPTOR_BYTES * message.descriptor
        message.buffer = self._shadow.integer(at, 8)
        length = self._shadow.integer(message.buffer + _LENGTH_AT, 2)
        message.raw = self._shadow.read(message.buffer, HEADER_BYTES + length)
        message.number = len(self.messages)
        self.messages.append(message)
        self._channels.name(message)
        self._receiving[ring].publish(message)
        self._exchanges.sent(message)
        return message


def follow(records: Iterable[Record], link: LinkMap, harts: int) -> Follower:
    """Take all records; return what was found."""
    follower = Follower(link, harts)
    take = follower.take
    for record in records:
        take(record)
    return follower
