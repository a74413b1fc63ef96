# SPDX-License-Identifier: Apache-2.0
"""A ring in memory: its indices as they change, and what stands in its entries."""

from __future__ import annotations

from typing import NamedTuple

from sim.decode.memory import Memory
from sim.life.message import Ring
from sim.referee.ring_layout import RingShape

U16 = 0x10000
PARTS = ("avail", "used")


class IndexChange(NamedTuple):
    """An index of a ring was written; ``old`` is None when it was not known."""

    time_ns: int
    ring: Ring
    part: str
    old: int | None
    new: int


class RingPlace(NamedTuple):
    """Linux has said where a ring lies, whose place its board leaves open."""

    time_ns: int
    ring: Ring
    shape: RingShape


class RingView:
    """The ring at ``shape``, as ``memory`` knows it. Parts are ``"avail"`` and ``"used"``.

    Descriptors hold bus addresses less ``offset``.
    """

    def __init__(self, ring: Ring, shape: RingShape, memory: Memory, offset: int = 0) -> None:
        self.ring = ring
        self.shape = shape
        self._memory = memory
        self._offset = offset
        self._at = {"avail": shape.avail + 2, "used": shape.used + 2}
        self._fresh: dict[str, set[int]] = {"avail": set(), "used": set()}

    def index(self, part: str) -> int | None:
        """Return an index, None when it was not seen yet."""
        return self._memory.integer(self._at[part], 2)

    def written(self, address: int, length: int, zero: bool) -> list[str]:
        """Note a write, before the memory learns it. -> the parts whose index it publishes.

        A write of zeros over more than the index clears the ring, and publishes nothing.
        """
        end = address + length
        touched = []
        for part, at in self._at.items():
            size = 2 if part == "avail" else 8
            for slot in range(self.shape.num) if end > at + 2 and address < self._end(part) else ():
                if address < at + 2 + size * (slot + 1) and end > at + 2 + size * slot:
                    self._fresh[part].add(slot)
            if address < at + 2 and end > at:
                if zero and length > 2:
                    self._fresh[part].clear()
                else:
                    touched.append(part)
        return touched

    def _end(self, part: str) -> int:
        size = 2 if part == "avail" else 8
        return self._at[part] + 2 + size * self.shape.num

    def published(self, part: str, old: int | None, new: int) -> list[int] | None:
        """Return the slots that an index covers now and did not before; None for a jump.

        Without ``old`` they are those that were written since the waveform began, next to the new
        index.
        """
        num, fresh = self.shape.num, self._fresh[part]
        if old is None:
            count = 0
            while count < num and (new - 1 - count) % num in fresh:
                count += 1
        else:
            count = (new - old) % U16
            if count > num:
                return None
        slots = [(new - count + n) % num for n in range(count)]
        fresh.difference_update(slots)
        return slots

    def head(self, part: str, slot: int) -> int | None:
        """Return the descriptor that an entry names."""
        at, size = self._at[part] + 2, 2 if part == "avail" else 8
        return self._memory.integer(at + size * slot, min(size, 4))

    def buffer(self, descriptor: int | None) -> int | None:
        """Return the address in a descriptor."""
        if descriptor is None or descriptor >= self.shape.num:
            return None
        address = self._memory.integer(self.shape.base + 16 * descriptor, 8)
        return None if address is None else address + self._offset
