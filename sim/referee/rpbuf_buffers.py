# SPDX-License-Identifier: Apache-2.0
"""RPBuf's buffers: which side has which, where they lie, and what is announced in them.

Names say what belongs together: Linux tells of a buffer that only it has with any id (0), the id
is the one that the RTOS gives.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sim.referee import rpbuf_rules as rules
from sim.referee.rpbuf_memory import RpbufMemory
from sim.referee.side import Side
from sim.referee.violations import Report

NOWHERE = range(0)


class Allocation(NamedTuple):
    """What a side tells of a buffer; where its memory is, it may not know."""

    name: bytes
    number: int
    length: int
    memory: range | None


class SharedBuffer:
    """A buffer by its name. `holders` are the sides that have allocated it.

    `asked` are the places of each side's data that waits for an ACK, the oldest first.
    """

    __slots__ = ("asked", "holders", "ids", "lengths", "memory", "name")

    def __init__(self, name: bytes) -> None:
        self.name = name
        self.holders: set[Side] = set()
        self.lengths: dict[Side, int] = {}
        self.ids: dict[Side, int] = {}
        self.memory = NOWHERE
        self.asked: dict[Side, list[range]] = {side: [] for side in Side}

    @property
    def shared(self) -> bool:
        """Tell whether both sides have it."""
        return len(self.holders) == len(Side)

    def __str__(self) -> str:
        return f"buffer {self.name.decode('ascii', 'replace')!r}"


class RpbufBuffers:
    """All buffers in `region`; with None there is no memory to look at."""

    def __init__(self, region: range | None, report: Report) -> None:
        self._report = report
        self._region = region or NOWHERE
        self._contents = RpbufMemory(self._region, report)
        self._buffers: dict[bytes, SharedBuffer] = {}

    def clear(self) -> None:
        """No buffer exists; what lies in the memory stays as it is."""
        self._buffers.clear()
        self._contents.clear()

    # Frames.

    def created(self, sender: Side, told: Allocation, at: int) -> None:
        """A side has allocated a buffer; `at` is the address of the frame's content."""
        name, number, length, memory = told
        buffer = self._buffers.setdefault(name, SharedBuffer(name))
        theirs = buffer.lengths.get(sender.other, length)
        if sender.other in buffer.holders and theirs != length:
            self._report.add(rules.LENGTH_DIFFERS, at + 36, f"{theirs}", f"{length}")
        if sender == Side.RTOS:
            self._same_id(buffer, number, at)
            if Side.LINUX not in buffer.holders:
                # Linux forgets the memory that it still had for the RTOS.
                buffer.memory = NOWHERE
        elif memory is not None:
            self._place(buffer, memory, at)
        buffer.holders.add(sender)
        buffer.lengths[sender] = length
        buffer.ids[sender] = number

    def _same_id(self, buffer: SharedBuffer, number: int, at: int) -> None:
        for other in self._buffers.values():
            had = Side.RTOS in other.holders and other.ids[Side.RTOS] == number
            if had and other is not buffer:
                found = f"{number}, the id of {other}"
                self._report.add(rules.ID_IN_USE, at + 32, f"an id for {buffer}", found)

    def _place(self, buffer: SharedBuffer, memory: range, at: int) -> None:
        for other in self._at(memory.start, memory.stop):
            if other is not buffer:
                found = f"{len(memory)} bytes at 0x{memory.start:x}, in {other}"
                self._report.add(rules.OVERLAP, at + 40, f"memory for {buffer}", found)
        buffer.memory = memory

    def find(self, sender: Side, number: int, *, shared: bool) -> SharedBuffer | None:
        """Return a side's buffer by its id, of several rather one that both sides have, or not."""
        found = None
        for buffer in self._buffers.values():
            if sender in buffer.holders and number in buffer.ids.values():
                if buffer.shared == shared:
                    return buffer
                found = found or buffer
        return found

    def destroyed(self, sender: Side, buffer: SharedBuffer) -> None:
        """A side has freed a buffer. ACKs to it may be on their way."""
        buffer.holders.discard(sender)
        if sender == Side.RTOS:
            # Linux keeps the id until it gets another one.
            buffer.ids[Side.LINUX] = buffer.ids[Side.RTOS]
        buffer.asked[sender] = [NOWHERE] * len(buffer.asked[sender])
        for side in Side:
            self._contents.release(side, buffer.memory)
        if not buffer.holders:
            del self._buffers[buffer.name]

    def announced(
        self, sender: Side, buffer: SharedBuffer, offset: int, length: int, sync: bool
    ) -> None:
        """A side tells of data, and with `sync` it waits for an ACK."""
        place = buffer.memory[offset : offset + length]
        if sync:
            buffer.asked[sender].append(place)
        self._contents.announced(sender, place)

    def acknowledged(self, sender: Side, buffer: SharedBuffer, at: int) -> None:
        """A side has taken what the other told of; it may still have to read it."""
        asked = buffer.asked[sender.other]
        if not asked:
            found = f"an ACK from {sender.name}"
            self._report.add(rules.ACK_UNASKED, at, f"data with SYNC in {buffer}", found)
            return
        # Linux keeps one mark for all that was announced, the RTOS answers each.
        taken = len(asked) if sender == Side.LINUX else 1
        for place in asked[:taken]:
            self._contents.release(sender, place)
        del asked[:taken]

    # Accesses.

    def _at(self, start: int, stop: int) -> Iterator[SharedBuffer]:
        """Yield the buffers with a byte in these addresses."""
        for buffer in self._buffers.values():
            if start < buffer.memory.stop and stop > buffer.memory.start:
                yield buffer

    def access(self, side: Side, write: bool, address: int, data: bytes, *, live: bool) -> None:
        """Follow an access to the region; without a link nobody has to know of a buffer."""
        region = self._region
        start, stop = max(address, region.start), min(address + len(data), region.stop)
        if start >= stop:
            return
        data = data[start - address : stop - address]
        if not write:
            self._contents.read(side, start, data)
            return
        here = list(self._at(start, stop))
        if live:
            self._may_write(side, here, start, len(data))
        for buffer in here:
            self._not_waiting(side, buffer, start, stop)
        self._contents.written(side, start, data, free=side == Side.LINUX and not here)

    def _may_write(self, side: Side, here: list[SharedBuffer], address: int, size: int) -> None:
        inside = any(
            buffer.memory.start <= address and address + size <= buffer.memory.stop
            for buffer in here
        )
        if all(side in buffer.holders for buffer in here) and (side == Side.LINUX or inside):
            return
        where = " and ".join(str(buffer) for buffer in here) or "no buffer"
        expected = f"a buffer that {side.name} has"
        found = f"{size} bytes from {side.name} in {where}"
        self._report.add(rules.NOT_OWNER, address, expected, found)

    def _not_waiting(self, side: Side, buffer: SharedBuffer, start: int, stop: int) -> None:
        """The sender leaves alone what waits for an ACK."""
        for place in buffer.asked[side]:
            if start < place.stop and stop > place.start:
                found = f"{stop - start} bytes from {side.name}"
                expected = f"an ACK from {side.other.name} in {buffer}"
                self._report.add(rules.BEFORE_ACK, max(start, place.start), expected, found)
                return
