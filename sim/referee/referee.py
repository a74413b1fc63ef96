# SPDX-License-Identifier: Apache-2.0
"""The referee: takes the records of a run and lets the rules look at what passes on the bus.

It is passive and knows nothing of what the two sides say about themselves: only bus accesses and
resets, in the order in which they ended.
"""

from __future__ import annotations

from collections.abc import Callable

from sim.boards.model import Board, MailboxLink, RemoteprocLink
from sim.records import Kind, Record
from sim.referee import device_rules, doorbell_rules
from sim.referee.access import Access, Side
from sim.referee.device import DRIVER, DRIVER_OK, VirtioDevice
from sim.referee.layout_of_board import Places, places_of, rpbuf_region
from sim.referee.link import Link
from sim.referee.mailbox import SoftwareMailbox
from sim.referee.msgbox import OTHER_WORDS, MessageBox
from sim.referee.vdev_table import MIN_SIZE
from sim.referee.violations import Report

PAGE_BITS = 12

Handler = Callable[[Access], None]


class Referee:
    """Follows the link of `board`; `report` holds what it has found."""

    def __init__(self, board: Board) -> None:
        self.report = Report()
        self.clock_ns = 1_000_000_000 // board.clock_hz
        self._places = places = places_of(board)
        self._device: VirtioDevice | None = None
        self._box: MessageBox | None = None
        self._mailbox: SoftwareMailbox | None = None
        self._now = 0
        self._watched: dict[int, Handler] = {}
        link = board.rpmsg
        self.link = Link(
            self.report,
            buffers=(places.buffers.base, places.buffers.end),
            payload=link.rings.payload,
            consumed_notify=link.rings.consumed_notify,
            queued=isinstance(link, RemoteprocLink),
            rpbuf=rpbuf_region(board),
        )
        self._watch_memory(places)
        if isinstance(link, MailboxLink):
            self._follow_mailbox(link, places)
        else:
            self._follow_remoteproc(link)

    def _watch(self, base: int, end: int, handler: Handler) -> None:
        for page in range(base >> PAGE_BITS, (end - 1 >> PAGE_BITS) + 1):
            self._watched[page] = handler

    def _watch_memory(self, places: Places) -> None:
        """Look at what a side writes into the other's memory, at buffers and at rings."""
        for region in (*places.own[Side.LINUX], *places.own[Side.RTOS]):
            if region not in places.shared:
                self._watch(region.base, region.end, self._private)
        for region in places.shared:
            self._watch(region.base, region.end, _nothing)
        self._watch(places.buffers.base, places.buffers.end, self._pool)
        for region in places.ring_memory:
            self._watch(region.base, region.end, self._ring)

    def _follow_mailbox(self, link: MailboxLink, places: Places) -> None:
        for index, shape in enumerate(places.rings):
            self.link.set_ring(index, shape)
        kicks, deadlines = self.link.kicks, self.link.deadlines
        box = SoftwareMailbox(link.mailbox.base, places.msip, kicks, self.report, deadlines)
        self._mailbox = box
        self._watch(link.mailbox.base, link.mailbox.end, box.access)
        for address in places.msip:
            self._watch(address, address + 4, self._clint)

    def _follow_remoteproc(self, link: RemoteprocLink) -> None:
        box = link.msgbox
        blocks = {box.linux.base: Side.LINUX, box.rtos.base: Side.RTOS}
        self._box = MessageBox(blocks, box.slot, link.channel, self.report, self.link.deadlines)
        for region in (box.linux, box.rtos):
            self._watch(region.base, region.end, self._msgbox)
        self._device = VirtioDevice(link.carveouts, self.report, self._status, self.link.set_ring)
        self.link.features_seen = True

    # Records.

    def feed(self, record: Record) -> None:
        """Take the next record."""
        kind = record.kind
        if kind in (Kind.START, Kind.STOP):
            self.reset(record.cycle, record.hart, kind)
        elif kind <= Kind.WRITE and self.watches(record.address):
            data = record.payload
            if kind < Kind.READ:
                data = record.value.to_bytes(8, "little")[: record.size]
            where = record.address
            self.bus(record.cycle, record.hart, kind, where, data, response=record.response)

    def watches(self, address: int) -> bool:
        """Tell whether an access to that address can matter."""
        return address >> PAGE_BITS in self._watched

    def bus(
        self, cycle: int, hart: int, kind: int, address: int, data: bytes, *, response: int
    ) -> None:
        """Take a bus access that ended at clock `cycle`, to an address that is watched."""
        now = self._now = cycle * self.clock_ns
        self.report.time_ns, self.report.hart = now, hart
        if response:
            # An access that failed has done nothing.
            found = "SLVERR" if response == 2 else "DECERR"
            self.report.add(device_rules.BUS_ERROR, address, "OKAY", found)
            return
        handler = self._watched[address >> PAGE_BITS]
        side = self._places.sides[hart]
        if handler != self._private:
            self.link.deadlines.seen_ns[side] = now
        write = kind in (Kind.STORE, Kind.WRITE)
        handler(Access(now, hart, side, write, address, data))

    def finish(self, now: int | None = None) -> None:
        """The run is over, at `now` ns: what is late by then is a violation as well."""
        self.link.deadlines.run_ends(self._now if now is None else now)

    def reset(self, cycle: int, hart: int, kind: int) -> None:
        """A hart leaves reset (START) or is held in it (STOP)."""
        self.report.time_ns = cycle * self.clock_ns
        if hart == self._places.rtos_hart and kind == Kind.STOP:
            self._link_down()

    # What is watched.

    def _ring(self, access: Access) -> None:
        self.link.ring_access(access)

    def _pool(self, access: Access) -> None:
        if self.link.live or access.side == Side.LINUX:
            self.link.pool.access(access)

    def _private(self, access: Access) -> None:
        """Memory of one side: the resource table may lie there, in the RTOS's part."""
        device = self._device
        if device is not None:
            if access.side == Side.LINUX and len(access.data) >= MIN_SIZE and device.learn(access):
                return
            if device.covers(access):
                if access.write:
                    device.written(access)
                    self.link.features = device.features
                return
        if access.write and self.link.live:
            inside = any(
                region.contains(access.address) for region in self._places.own[access.side]
            )
            if not inside:
                self.link.foreign(access)

    def _clint(self, access: Access) -> None:
        box = self._mailbox
        assert box is not None
        if access.write and access.address in box.msip:
            rings = self.link.rings
            if access.side == Side.LINUX and not self.link.live and rings[0].avail_idx:
                self.link.up()
            if self.link.live:
                box.ipi(access)

    def _msgbox(self, access: Access) -> None:
        assert self._box is not None
        word = self._box.access(access)
        if word is not None:
            self._told(access, word)

    def _told(self, access: Access, word: int) -> None:
        """A word was sent on the channel of the link."""
        box, device, side = self._box, self._device, access.side
        assert box is not None and device is not None
        if word in OTHER_WORDS:
            return
        index = device.ring_of(word)
        if index is None:
            self.report.add(
                doorbell_rules.MSGBOX_WORD, access.address, "a notify id", f"0x{word:x}"
            )
            return
        if not self.link.live:
            # A driver that is removed still tells of its services' end, with the status at 0.
            if side == Side.LINUX and device.status & DRIVER:
                found = f"a kick for vring {index}"
                self.report.add(doorbell_rules.EARLY, access.address, "DRIVER_OK before", found)
            return
        ring = self.link.rings.get(index)
        full = side == Side.LINUX and ring is not None and len(ring.posted) == ring.num
        if not self.link.kicks.told(side, index) and not full:
            what = f"a kick of {side.name} for vring {index} without"
            self.link.kicks.spurious(access.address, what)

    def _status(self, status: int) -> None:
        """The status of the device was written."""
        if status & DRIVER_OK:
            self.link.up()
        elif status == 0:
            self._link_down()

    def _link_down(self) -> None:
        behind = self._box is not None and self._box.waiting(Side.RTOS)
        self.link.down(behind)
        if self._device is not None:
            self.link.rings.clear()
            if self._device.table is not None:
                self.link.features = 0
        if self._mailbox is not None:
            self._mailbox.clear()


def _nothing(_access: Access) -> None:
    """Shared memory that has no structure of the link."""
