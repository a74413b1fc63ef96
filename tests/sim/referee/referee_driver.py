# SPDX-License-Identifier: Apache-2.0
"""Plays both sides of a link, access by access, so that a test can plant a fault anywhere."""

from __future__ import annotations

from struct import pack

from sim.boards import load_board
from sim.boards.model import MailboxLink, RemoteprocLink
from sim.records import Kind
from sim.referee import Referee
from sim.referee.ring_layout import RingShape

NUM_RX = 2
LINUX_ADDRESS, RTOS_ADDRESS, NAME_SERVICE = 0x400, 0x4004, 53
SPACING = 100
"""Clocks from one access to the next."""
MS = 100_000
"""Clocks of a millisecond on both boards."""
TABLE = 0x811FE000
VDEV = TABLE + 0x54
ENABLE, STATUS_CLEAR, MESSAGE = 0x20, 0x24, 0x70
"""Registers of a message box's slot."""
STATUS, GFEATURES, DFEATURES = VDEV + 24, VDEV + 16, VDEV + 12
DA = (VDEV + 28, VDEV + 48)


class SideOfLink:
    """Accesses of one hart."""

    def __init__(self, driver: Driver, hart: int) -> None:
        self._driver = driver
        self.hart = hart

    def store(self, address: int, size: int, value: int) -> None:
        """A store of `size` bytes."""
        self._driver.feed(Kind.STORE, self.hart, address, size, value=value)

    def load(self, address: int, size: int, value: int) -> None:
        """A load of `size` bytes that has found `value`."""
        self._driver.feed(Kind.LOAD, self.hart, address, size, value=value)

    def write(self, address: int, data: bytes) -> None:
        """A write of a block."""
        self._driver.feed(Kind.WRITE, self.hart, address, 8, payload=data)

    def read(self, address: int, data: bytes) -> None:
        """A read of a block that has found `data`."""
        self._driver.feed(Kind.READ, self.hart, address, 8, payload=data)


def message(source: int, destination: int, payload: bytes, reserved: int = 0) -> bytes:
    """Header and payload."""
    return pack("<IIIHH", source, destination, reserved, len(payload), 0) + payload


def announcement(name: bytes = b"service", address: int = RTOS_ADDRESS, flags: int = 0) -> bytes:
    """The payload of a name service message."""
    return pack("<32sII", name, address, flags)


class Driver:
    """Both sides of a board's link and the referee that watches them."""

    def __init__(self, board: str, *, lines: bool = True) -> None:
        self.board = load_board(board)
        self.referee = Referee.of_board(self.board, lines=lines)
        self.clock_ns = 1_000_000_000 // self.board.clock_hz
        self.bus = self.referee.bus
        self._listening: list[SideOfLink] = []
        self.cycle = 0
        link = self.board.rpmsg
        self.mailbox = isinstance(link, MailboxLink)
        harts = {hart.hart_id: hart.index for hart in self.board.harts}
        self.linux = SideOfLink(self, harts[self.board.linux.boot_hart])
        self.rtos = SideOfLink(self, harts[self.board.rtos.boot_hart])
        num, align = link.rings.num, link.rings.align
        if isinstance(link, MailboxLink):
            first = RingShape(link.vrings.base, num, align, True)
            second = RingShape(first.base + first.stride, num, align, True)
            self.rings = (first, second)
            self.pool = link.buffers.base
            self.words = link.mailbox.base
            clint = self.board.compatible("sifive,clint0").region.base
            self.msip_rtos = clint + 4 * link.rtos_hart
            self.msip_linux = clint + 4 * self.board.linux.boot_hart
        else:
            assert isinstance(link, RemoteprocLink)
            regions = [link.carveouts[f"vdev0vring{n}"] for n in range(2)]
            self.rings = tuple(RingShape(region.base, num, align) for region in regions)
            self.pool = link.carveouts["vdev0buffer"].base
            self.to_rtos = link.msgbox.rtos.base + MESSAGE
            self.to_linux = link.msgbox.linux.base + MESSAGE
        self.tx = self.pool + 512 * (NUM_RX if self.mailbox else num)
        self.avail, self.used = [0, 0], [0, 0]
        self.feed_reset(Kind.START, self.rtos.hart)

    # Records.

    def feed(self, kind: Kind, hart: int, address: int, size: int, **fields: object) -> None:
        """Give the referee one access."""
        self.cycle += SPACING
        payload = fields.get("payload", b"")
        value = fields.get("value", 0)
        response = fields.get("response", 0)
        assert isinstance(payload, bytes)
        assert isinstance(value, int)
        assert isinstance(response, int)
        write = kind in (Kind.STORE, Kind.WRITE)
        data = payload if kind in (Kind.READ, Kind.WRITE) else value.to_bytes(8, "little")[:size]
        self.bus(self.cycle * self.clock_ns, hart, write, address, data, response=response)

    def feed_reset(self, kind: Kind, hart: int) -> None:
        """Give the referee a reset."""
        self.cycle += SPACING
        self.referee.reset(self.cycle * self.clock_ns, hart, kind == Kind.START)

    def wait(self, milliseconds: int) -> None:
        """Let time pass."""
        self.cycle += milliseconds * MS

    def fired(self) -> set[str]:
        """End the run. -> the ids of the rules that have fired."""
        self.referee.finish(self.cycle * self.clock_ns)
        return set(self.referee.report.counts)

    def line(self, name: tuple[int, int], high: bool) -> None:
        """Give the referee an edge of an interrupt line."""
        self.referee.line(self.cycle * self.clock_ns, name, high)

    def say(self, side: SideOfLink, name: str, first: int, second: int) -> None:
        """Software says what it does."""
        self.referee.event(self.cycle * self.clock_ns, side.hart, name, first, second)

    # Set-up.

    def table(self, **changes: int) -> bytes:
        """A resource table with a carveout and a vdev, as Linux leaves it."""
        num, align = self.rings[0].num, self.rings[0].align
        header = pack("<IIIIII", 1, 2, 0, changes.get("reserved", 0), 0x1C, 0x54)
        carveout = pack("<IIIIII32s", 0, self.pool, self.pool, 0x40000, 0, 0, b"vdev0buffer")
        head = header + b"\0" * 4 + carveout
        vdev = pack("<IIIIIIBBH", 3, 7, 0, changes.get("dfeatures", 1), 0, 0, 0, 2, 0)
        num = changes.get("num", num)
        ids = (0, changes.get("second_id", 1))
        vrings = b"".join(pack("<IIIII", 0xFFFFFFFF, align, num, n, 0) for n in ids)
        return head.ljust(0x54, b"\0") + vdev + vrings

    def set_up(self) -> None:
        """What Linux does until the link is up."""
        if self.mailbox:
            self.linux.write(self.rings[0].base, bytes(4096))
        else:
            self.probe()
        self.linux.write(self.pool, bytes(4096))
        for slot in range(NUM_RX):
            self.post(0, slot, self.pool + 512 * slot, 512, 2)
        self.linux.store(self.rings[1].avail, 2, 1)
        if not self.mailbox:
            self.linux.store(STATUS, 1, 7)
        self.kick_rtos(0)

    def probe(self, **changes: int) -> None:
        """Status, features and rings in the resource table."""
        self.linux.write(TABLE, self.table(**changes))
        for status in (0, 1, 3):
            self.linux.store(STATUS, 1, status)
        self.linux.store(GFEATURES, 4, 1)
        for at, ring in zip(DA, self.rings, strict=True):
            self.linux.write(ring.base, bytes(4096))
            self.linux.store(at, 4, ring.base)

    # The driver's part of a ring.

    def describe(self, ring: int, head: int, address: int, length: int, flags: int) -> None:
        """Write a descriptor."""
        desc = self.rings[ring].base + 16 * head
        self.linux.store(desc + 12, 2, flags)
        self.linux.store(desc, 8, address)
        self.linux.store(desc + 8, 4, length)
        self.linux.store(desc + 14, 2, 0)

    def entry(self, ring: int, head: int) -> None:
        """Write the next available entry."""
        shape = self.rings[ring]
        slot = self.avail[ring] & (shape.num - 1)
        self.linux.store(shape.avail + 4 + 2 * slot, 2, head)

    def avail_index(self, ring: int, step: int = 1) -> None:
        """Move the available index."""
        self.avail[ring] = (self.avail[ring] + step) & 0xFFFF
        self.linux.store(self.rings[ring].avail + 2, 2, self.avail[ring])

    def post(self, ring: int, head: int, address: int, length: int, flags: int) -> None:
        """Make a buffer available."""
        self.describe(ring, head, address, length, flags)
        self.entry(ring, head)
        self.avail_index(ring)

    # The device's part.

    def take(self, ring: int, head: int, slot: int | None = None) -> None:
        """Read the next available entry and its descriptor."""
        shape = self.rings[ring]
        slot = self.used[ring] & (shape.num - 1) if slot is None else slot
        self.rtos.load(shape.avail + 4 + 2 * slot, 2, head)
        self.rtos.load(shape.base + 16 * head, 8, 0)

    def element(self, ring: int, head: int, length: int) -> None:
        """Write the next used element."""
        shape = self.rings[ring]
        element = shape.used + 4 + 8 * (self.used[ring] & (shape.num - 1))
        self.rtos.store(element, 4, head)
        self.rtos.store(element + 4, 4, length)

    def used_index(self, ring: int, step: int = 1) -> None:
        """Move the used index."""
        self.used[ring] = (self.used[ring] + step) & 0xFFFF
        self.rtos.store(self.rings[ring].used + 2, 2, self.used[ring])

    def give_back(self, ring: int, head: int, length: int) -> None:
        """Return a buffer."""
        self.element(ring, head, length)
        self.used_index(ring)

    # Doorbells, rung and answered.

    def kick_rtos(self, ring: int) -> None:
        """Linux tells of a ring; the RTOS answers."""
        if not self.mailbox:
            self._word(self.linux, self.rtos, self.to_rtos, ring)
            return
        if ring == 1:
            self.linux.store(self.words + 0x40, 4, 1)
        self._ipi(self.linux, self.rtos, self.msip_rtos)
        if ring == 1:
            self.rtos.store(self.words + 0x40, 4, 2)
            self.linux.store(self.words + 0x40, 4, 0)

    def kick_linux(self, ring: int) -> None:
        """The RTOS tells of a ring; Linux answers."""
        if not self.mailbox:
            self._word(self.rtos, self.linux, self.to_linux, ring)
            return
        if ring == 0:
            self.rtos.store(self.words, 4, 1)
        self._ipi(self.rtos, self.linux, self.msip_linux)
        if ring == 0:
            self.linux.store(self.words, 4, 2)
            self.rtos.store(self.words, 4, 0)

    def _word(self, sender: SideOfLink, reader: SideOfLink, data: int, word: int) -> None:
        """A word through the message box, with its interrupt."""
        block = data - MESSAGE
        if reader not in self._listening:
            self._listening.append(reader)
            reader.store(block + ENABLE, 4, 1)
        sender.store(data, 4, word)
        self.line((block, 0), True)
        reader.load(data, 4, word)
        reader.store(block + STATUS_CLEAR, 4, 1)
        self.line((block, 0), False)

    def _ipi(self, sender: SideOfLink, target: SideOfLink, msip: int) -> None:
        """An inter-processor interrupt and its end."""
        sender.store(msip, 4, 1)
        self.line((msip, 0), True)
        target.store(msip, 4, 0)
        self.line((msip, 0), False)

    # Whole messages.

    def rtos_sends(self, content: bytes, head: int = 0, length: int = 512) -> None:
        """A message to Linux in receive buffer `head`, up to the kick."""
        self.take(0, head)
        self.rtos.write(self.pool + 512 * head, content)
        self.give_back(0, head, length)
        self.kick_linux(0)

    def linux_receives(self, content: bytes, head: int = 0) -> None:
        """Linux reads that message and gives the buffer back."""
        slot = (self.used[0] - 1) & (self.rings[0].num - 1)
        self.linux.load(self.rings[0].used + 4 + 8 * slot, 4, head)
        self.linux.read(self.pool + 512 * head, content)
        self.post(0, head, self.pool + 512 * head, 512, 2)
        self.kick_rtos(0)

    def announces(self, payload: bytes | None = None, source: int = RTOS_ADDRESS) -> None:
        """The RTOS announces a service, Linux reads that."""
        content = message(source, NAME_SERVICE, announcement() if payload is None else payload)
        head = self.used[0] & 1
        self.rtos_sends(content, head)
        self.linux_receives(content, head)

    def linux_sends(self, content: bytes) -> None:
        """A message to the RTOS in the first transmit buffer, up to the kick."""
        self.linux.write(self.tx, content)
        self.post(1, 0, self.tx, len(content), 0)
        self.kick_rtos(1)

    def rtos_receives(self, content: bytes) -> None:
        """The RTOS reads that message and returns the buffer."""
        self.take(1, 0)
        self.rtos.read(self.tx, content)
        self.give_back(1, 0, len(content))

    def exchange(self) -> None:
        """A link that is up, a service and a message in each direction."""
        self.set_up()
        self.announces()
        there = message(LINUX_ADDRESS, RTOS_ADDRESS, b"ping")
        self.linux_sends(there)
        self.rtos_receives(there)
        back = message(RTOS_ADDRESS, LINUX_ADDRESS, b"pong")
        self.rtos_sends(back, 1)
        self.linux_receives(back, 1)
