# SPDX-License-Identifier: Apache-2.0
"""A link as a whole: rings, buffers, endpoints and kicks, and whether it is up."""

from __future__ import annotations

from collections.abc import Callable

from sim.referee.buffers import BufferPool
from sim.referee.deadlines import Deadlines
from sim.referee.descriptors import Descriptor
from sim.referee.endpoints import Endpoints
from sim.referee.kicks import Kicks
from sim.referee.message import HEADER, Message
from sim.referee.ring import Ring
from sim.referee.ring_layout import RingShape
from sim.referee.rpbuf import RpbufFrames
from sim.referee.rpbuf_buffers import RpbufBuffers
from sim.referee.scoreboard import Scoreboard
from sim.referee.setup import LinkSetup
from sim.referee.side import Side
from sim.referee.violations import Report
from sim.referee.watch import FIELDS_ONLY, Watch


class Link:
    """What both sides share. `features` and whether they can be seen are the transport's.

    `on_message`, if set, is called with each message when it is published.
    """

    def __init__(self, setup: LinkSetup, watch: Watch, report: Report) -> None:
        self.report = report
        self.live = False
        self.features = 0
        self.memory_offset = setup.memory_offset
        self.features_seen = not setup.rings
        self.rings: dict[int, Ring] = {}
        self.deadlines = Deadlines(report)
        self.endpoints = Endpoints(report)
        self.kicks = Kicks(setup.consumed_notify, setup.queued, report, self.deadlines)
        self.pool = BufferPool(setup.buffers, setup.payload + HEADER.size, report, self.deadlines)
        self.pool.alive = self.endpoints.alive
        self.scoreboard = Scoreboard(self.pool, report, self.deadlines)
        self.rpbuf_buffers = RpbufBuffers(setup.rpbuf, report)
        self.rpbuf = RpbufFrames(setup.rpbuf, self.rpbuf_buffers, self.endpoints, report)
        self.messages = 0
        self.on_message: Callable[[Message], None] | None = None
        self._watch = watch
        self._fixed = bool(setup.rings)
        watch.memory(setup.buffers, self._pool_access)
        if setup.rpbuf is not None:
            watch.memory(setup.rpbuf, self._rpbuf_access)
        for region in setup.ring_memory:
            watch.memory(region, self._ring_access, FIELDS_ONLY)
        for index, shape in enumerate(setup.rings):
            self.set_ring(index, shape)

    def set_ring(self, index: int, shape: RingShape) -> None:
        """A ring has its place; its memory is zero."""
        ring = self.rings.get(index)
        if ring is not None and ring.shape == shape:
            ring.clear()
            ring.attached = True
            return
        if ring is not None:
            ring.forget(self._watch)
        ring = self.rings[index] = Ring(index, shape, self, self.report)
        self._watch.memory(range(shape.base, shape.end), self._ring_access)
        ring.watch(self._watch)

    def _ring_access(self, side: Side, write: bool, address: int, data: bytes) -> None:
        end = address + len(data)
        for ring in self.rings.values():
            if address < ring.shape.end and end > ring.shape.base:
                ring.block(self._watch, side, write, address, data)

    def _pool_access(self, side: Side, write: bool, address: int, data: bytes) -> None:
        if self.live or side == Side.LINUX:
            self.pool.access(side, write, address, data)

    def _rpbuf_access(self, side: Side, write: bool, address: int, data: bytes) -> None:
        self.rpbuf_buffers.access(side, write, address, data, live=self.live)

    def up(self) -> None:
        """The driver is ready."""
        self.live = True

    def down(self, behind: bool = False) -> None:
        """The driver or the remote is gone: what was under way is forgotten.

        With `behind` the remote had not read all of Linux's kicks.
        """
        self.live = False
        self.deadlines.link_ends()
        self.endpoints.clear()
        self.kicks.clear(behind)
        self.pool.clear()
        self.rpbuf_buffers.clear()
        self.scoreboard.clear()
        for ring in self.rings.values():
            ring.clear()
            ring.attached = self._fixed

    # What the rings tell.

    def offered(self, ring: Ring, descriptor: Descriptor) -> None:
        """A buffer was made available."""
        at = ring.shape.base + 16 * descriptor.head
        self._sent(self.pool.offer(ring.index, ring.num, at, descriptor), descriptor)

    def returned(self, ring: Ring, descriptor: Descriptor, length: int) -> None:
        """A buffer was returned."""
        self._sent(self.pool.give_back(ring.index, ring.num, descriptor, length), descriptor)

    def published(self, ring: Ring, side: Side, old: int, new: int) -> None:
        """An index has moved."""
        self.kicks.published(ring, side, old, new)

    def _sent(self, message: Message | None, descriptor: Descriptor) -> None:
        if message is not None:
            self.messages += 1
            message.head = descriptor.head
            if self.on_message is not None:
                self.on_message(message)
            self.endpoints.sent(message, self.features if self.features_seen else None)
            self.rpbuf.sent(message)
            self.scoreboard.published(message)
