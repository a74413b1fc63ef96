# SPDX-License-Identifier: Apache-2.0
"""What a remote can observe of a run, from its record stream, in terms that name no address."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from struct import Struct
from typing import NamedTuple

from sim.boards.model import Board
from sim.conformance.doorbells import doorbells_of
from sim.conformance.raw_bytes import dump
from sim.conformance.ring_map import BUFFER_BYTES, RINGS, RingMap
from sim.conformance.rtos_accesses import RtosAccesses
from sim.conformance.steps import GAP_NS
from sim.conformance.vdev_entry import BYTES as VDEV_BYTES
from sim.conformance.vdev_entry import dump_line, store_text, vdev_of
from sim.errors import AmpsimError
from sim.record_file import RecordFile
from sim.records import Kind, Record
from sim.referee import check_stream
from sim.referee.ring_layout import Field, RingShape
from sim.referee.setup_of_board import setup_of

DESCRIPTOR, HEADER, NAME_MESSAGE = Struct("<QIHH"), Struct("<IIIHH"), Struct("<32sII")
NAME_SERVICE = 53
_KINDS = frozenset((Kind.MEMORY_READ, Kind.MEMORY_WRITE, Kind.REGISTER_WRITE, Kind.SEEN))


class What(Enum):
    """Kinds of what is observed; the value is the name in the table."""

    OFFER = "descriptors and avail entries"
    LINUX_KICK = "kicks of Linux"
    SUPPRESSION = "avail.flags"
    USED_EVENT = "used_event"
    LINUX_MESSAGE = "messages of Linux"
    LINUX_NAME = "name service of Linux"
    RETURN = "used entries"
    RTOS_FLAGS = "used.flags"
    RTOS_KICK = "interrupts of the RTOS"
    RTOS_MESSAGE = "messages of the RTOS"
    RTOS_NAME = "name service of the RTOS"
    TABLE = "stores to the resource table"
    RTOS_ACCESS = "accesses of the RTOS"


class Sight(NamedTuple):
    """One thing observed; ``text`` is the same with both hosts if they do the same."""

    time_ns: int
    what: What
    ring: int
    text: str


class Bytes(NamedTuple):
    """The rings at the first kick after a rest, and rings and buffers at the next rest."""

    dump: list[str]
    image: list[str]


class Observed(NamedTuple):
    """What was observed of a run: in order, and what lay in memory between two rests."""

    entries: int
    sights: list[Sight]
    parts: list[Bytes]


def observed(path: Path, board: Board, firmware: Path) -> Observed:
    """Return what the record stream of a run on ``board`` holds; AmpsimError if it has no link.

    ``firmware`` is the RTOS's, where its resource table is.
    """
    rings = check_stream(RecordFile(path), board).link.rings
    shapes: list[RingShape] = [rings[index].shape for index in sorted(rings)]
    if len(shapes) != len(RINGS):
        raise AmpsimError(f"{path}: expected two rings, found {len(shapes)}")
    ring_map = RingMap(shapes, setup_of(board).memory_offset)
    observer = Observer(ring_map, board, vdev_of(board, firmware))
    sights: list[Sight] = []
    parts: list[Bytes] = []
    first_kick: list[str] | None = None
    rested = True
    stream = RecordFile(path, _KINDS)
    for record in stream:
        now = record.cycle * stream.header.clock_ns
        if not rested and now - sights[-1].time_ns > GAP_NS:
            parts.append(Bytes(first_kick or [], observer.image()))
            first_kick, rested = None, True
        count = len(sights)
        sights.extend(observer.take(record, now))
        rested = rested and len(sights) == count
        if first_kick is None and any(sight.what == What.LINUX_KICK for sight in sights[count:]):
            first_kick = observer.dump()
    if not rested:
        parts.append(Bytes(first_kick or [], observer.image()))
    return Observed(ring_map.num, sights, parts)


class Observer:
    """Follows the stores to rings, buffers, table and doorbells, record by record.

    ``vdev`` is where the contents of the table's vdev entry lie, if there is one. Stores to it are
    followed up to the first kick: it is in the end that hosts differ, as the kernel powers off.
    """

    def __init__(self, ring_map: RingMap, board: Board, vdev: int | None = None) -> None:
        self._map = ring_map
        self._doorbells = doorbells_of(board)
        self._accesses = RtosAccesses(ring_map)
        self._rtos = board.hart(board.rtos.boot_hart).index
        self._memory: dict[int, int] = {}
        self._avail = [0, 0]
        self._used = [0, 0]
        self._vdev = vdev
        self._set_up = range(0) if vdev is None else range(vdev, vdev + VDEV_BYTES)

    def take(self, record: Record, now: int) -> Iterator[Sight]:
        """Yield what a record shows."""
        if record.hart == self._rtos:
            access = self._accesses.text(record)
            if access is not None:
                yield Sight(now, What.RTOS_ACCESS, 0, access)
        for by_linux, ring in self._doorbells.take(record):
            self._set_up = range(0)
            what, word = (What.LINUX_KICK, "kick") if by_linux else (What.RTOS_KICK, "interrupt")
            named = word if ring is None else f"{word} {RINGS[ring]}"
            yield Sight(now, what, ring or 0, named)
        stored = record.kind == Kind.SEEN and not record.value
        if record.kind == Kind.MEMORY_WRITE or stored:
            data = record.payload if stored else record.data
            before = self._read(record.address, len(data))
            self._memory.update(enumerate(data, record.address))
            if record.address in self._set_up:
                offset = record.address - self._set_up.start
                yield Sight(now, What.TABLE, 0, store_text(self._map, offset, data))
            for at, address in enumerate(range(record.address, record.address + len(data))):
                field = self._map.fields.get(address)
                if field is None or data[at : at + field[3]] == before[at : at + field[3]]:
                    continue
                yield from self._field(*field, address, now)

    def dump(self) -> list[str]:
        """Return the rings as bytes, and the entry of the table."""
        lines = dump(self._map, self._read)
        if self._vdev is not None:
            lines.append(dump_line(self._map, self._read(self._vdev, VDEV_BYTES)))
        return lines

    def image(self) -> list[str]:
        """Return every byte of rings and buffers, each field and buffer by its name.

        The event indices are left out: :attr:`What.USED_EVENT` shows them.
        """
        found = []
        for address, (ring, field, number, size) in self._map.fields.items():
            if field == Field.USED_EVENT:
                continue
            value = int.from_bytes(self._read(address, size), "little")
            shown = str(value)
            if field == Field.DESC_ADDR and value:
                shown = self._map.buffer(value + self._map.offset)
            found.append(f"{RINGS[ring]} {field.name.lower()}[{number}] = {shown}")
        for address in self._map.buffers():
            data = self._read(address, BUFFER_BYTES).rstrip(b"\0")
            found.append(f"{self._map.buffer(address)}: {data.hex()}")
        return found

    def _read(self, address: int, length: int) -> bytes:
        return bytes(self._memory.get(at, 0) for at in range(address, address + length))

    def _field(
        self, ring: int, field: Field, _number: int, size: int, address: int, now: int
    ) -> Iterator[Sight]:
        value = int.from_bytes(self._read(address, size), "little")
        name = RINGS[ring]
        if field == Field.AVAIL_FLAGS:
            yield Sight(now, What.SUPPRESSION, ring, f"{name} avail.flags = {value}")
        elif field == Field.USED_FLAGS:
            yield Sight(now, What.RTOS_FLAGS, ring, f"{name} used.flags = {value}")
        elif field == Field.USED_EVENT:
            yield Sight(now, What.USED_EVENT, ring, f"{name} used_event = {value}")
        elif field == Field.AVAIL_IDX:
            while self._avail[ring] != value:
                yield from self._offer(ring, now)
        elif field == Field.USED_IDX:
            while self._used[ring] != value:
                yield from self._return(ring, now)

    def _descriptor(self, ring: int, head: int) -> tuple[int, int, int, int]:
        shape = self._map.shapes[ring]
        at = shape.base + DESCRIPTOR.size * (head % shape.num)
        address, length, flags, following = DESCRIPTOR.unpack(self._read(at, DESCRIPTOR.size))
        return address + self._map.offset, length, flags, following

    def _offer(self, ring: int, now: int) -> Iterator[Sight]:
        shape, index = self._map.shapes[ring], self._avail[ring]
        slot = index % shape.num
        self._avail[ring] = index + 1 & 0xFFFF
        head = int.from_bytes(self._read(shape.avail + 4 + 2 * slot, 2), "little")
        address, length, flags, following = self._descriptor(ring, head)
        if not self._map.pool:
            self._map.pool = address
        entry = f"{RINGS[ring]} avail[{slot}] = {head}, idx {self._avail[ring]}"
        descriptor = f"{self._map.buffer(address)}, len {length}, flags {flags}, next {following}"
        yield Sight(now, What.OFFER, ring, f"{entry}: {descriptor}")
        if ring:
            yield self._message(ring, address, now)

    def _return(self, ring: int, now: int) -> Iterator[Sight]:
        shape, index = self._map.shapes[ring], self._used[ring]
        slot = index % shape.num
        self._used[ring] = index + 1 & 0xFFFF
        element = self._read(shape.used + 4 + 8 * slot, 8)
        head, length = int.from_bytes(element[:4], "little"), int.from_bytes(element[4:], "little")
        entry = f"{RINGS[ring]} used[{slot}] = {head}, len {length}, idx {self._used[ring]}"
        yield Sight(now, What.RETURN, ring, entry)
        if not ring:
            yield self._message(ring, self._descriptor(ring, head)[0], now)

    def _message(self, ring: int, address: int, now: int) -> Sight:
        """Return the message in a buffer: what it is, then all its bytes as they lie there."""
        header = self._read(address, HEADER.size)
        source, destination, _, length, _ = HEADER.unpack(header)
        payload = self._read(address + HEADER.size, length)
        way = f"0x{source:x} -> 0x{destination:x}"
        raw = f"{header.hex(' ', 4)} {payload.hex()}".rstrip()
        if destination == NAME_SERVICE and length == NAME_MESSAGE.size:
            name, at, gone = NAME_MESSAGE.unpack(payload)
            what = What.LINUX_NAME if ring else What.RTOS_NAME
            text = name.rstrip(b"\0").decode("ascii", "replace")
            return Sight(now, what, ring, f"{way}, {text} 0x{at:x} flags {gone}: {raw}")
        what = What.LINUX_MESSAGE if ring else What.RTOS_MESSAGE
        return Sight(now, what, ring, f"{way}, {length} bytes: {raw}")
