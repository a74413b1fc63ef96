# SPDX-License-Identifier: Apache-2.0
"""The receiver's half of a ring: from the interrupt line to the buffer's return."""

from __future__ import annotations

from collections import deque

from sim.life.activity import HartActivity
from sim.life.link import LinkMap
from sim.life.message import HEADER_BYTES, Message, Ring, Step


class Receiving:
    """Messages on the ring and in the receiver's hands.

    A ring hands out messages in the order in which they were published, so the oldest with the
    descriptor is the one that is taken.
    """

    def __init__(self, link: LinkMap, ring: Ring, activity: HartActivity) -> None:
        self._line = link.line
        self._ring = ring
        self._activity = activity
        self._published: deque[Message] = deque()
        self._taken: dict[int, Message] = {}
        self._by_buffer: dict[int, Message] = {}
        self._by_endpoint: dict[int, deque[Message]] = {}

    def publish(self, message: Message) -> None:
        """A message is on the ring."""
        self._published.append(message)

    def take(self, cycle: int, descriptor: int) -> Message | None:
        """The receiver reads the descriptor off the ring."""
        if all(message.descriptor != descriptor for message in self._published):
            return None
        message = self._published.popleft()
        while message.descriptor != descriptor:
            message.lost = True
            message = self._published.popleft()
        message.steps[Step.TAKE] = cycle
        message.taker = self._activity.thread
        self._stamp_interrupt(message, cycle)
        self._taken[descriptor] = message
        return message

    def _stamp_interrupt(self, message: Message, cycle: int) -> None:
        """Add what led to the taking; steps that an earlier doorbell had caused are left out."""
        steps, activity = message.steps, self._activity
        since = steps.get(Step.KICK)
        if since is None:
            return
        if not activity.level(since) & self._line:
            line = activity.rise(self._line, since, cycle)
            if line is None:
                return
            since = steps[Step.LINE] = line
        interrupt = activity.interrupt(since, cycle)
        if interrupt is not None:
            since = steps[Step.IRQ] = interrupt
        if activity.switched > since:
            steps[Step.WORKER] = activity.switched

    def callback(self, cycle: int, descriptor: int) -> Message | None:
        """The endpoint's callback is called."""
        message = self._taken.get(descriptor)
        if message is None:
            return None
        message.steps[Step.CALLBACK] = cycle
        self._by_buffer[message.buffer + HEADER_BYTES] = message
        if self._ring is Ring.TO_LINUX:
            self._by_endpoint.setdefault(message.dst, deque()).append(message)
        return message

    def recv(self, cycle: int, where: int, length: int) -> Message | None:
        """The application gets it: ``where`` is the payload (RTOS) or the endpoint (Linux)."""
        message = self._received(where, length)
        if message is None:
            return None
        message.receiver = self._activity.thread
        called = message.steps[Step.CALLBACK]
        if self._activity.switched > called:
            message.steps[Step.WAKE] = self._activity.switched
        message.steps[Step.RECV] = cycle
        return message

    def _received(self, where: int, length: int) -> Message | None:
        if self._ring is Ring.TO_RTOS:
            return self._by_buffer.get(where)
        waiting = self._by_endpoint.get(where, deque())
        while waiting:
            message = waiting.popleft()
            # A file that is closed drops what it has not read.
            if len(message.payload) == length:
                return message
        return None

    def free(self, cycle: int, descriptor: int) -> Message | None:
        """The buffer is on the ring again."""
        message = self._taken.pop(descriptor, None)
        if message is not None:
            message.steps[Step.FREE] = cycle
            self._by_buffer.pop(message.buffer + HEADER_BYTES, None)
        return message

    def reset(self) -> None:
        """The link has ended: what was on it is lost."""
        for message in (*self._published, *self._taken.values()):
            message.lost = True
        self._published.clear()
        self._taken.clear()
        self._by_buffer.clear()
        self._by_endpoint.clear()
