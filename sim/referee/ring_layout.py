# SPDX-License-Identifier: Apache-2.0
"""The bytes of a split virtqueue (VirtIO 1.2, 2.7): where each field lies and how wide it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum


class Field(IntEnum):
    """The fields of a ring, as the referee tells them apart."""

    DESC_ADDR = 0
    DESC_LEN = 1
    DESC_FLAGS = 2
    DESC_NEXT = 3
    AVAIL_FLAGS = 4
    AVAIL_IDX = 5
    AVAIL_ENTRY = 6
    USED_EVENT = 7
    USED_FLAGS = 8
    USED_IDX = 9
    USED_ID = 10
    USED_LEN = 11
    AVAIL_EVENT = 12


DRIVER_FIELDS = frozenset(field for field in Field if field <= Field.USED_EVENT)
"""What only the driver writes (2.7.5, 2.7.6); the rest is the device's (2.7.8)."""

DESC_OFFSETS = {Field.DESC_ADDR: 0, Field.DESC_LEN: 8, Field.DESC_FLAGS: 12, Field.DESC_NEXT: 14}
"""Where each field of a descriptor lies in its 16 bytes."""

F_NEXT, F_WRITE, F_INDIRECT = 1, 2, 4


@dataclass(slots=True)
class RingShape:
    """Where a ring lies: `avail` and `used` are the addresses of its parts, `end` the one after it.

    With `avail_aligned` the avail ring is aligned as well, which is StarFive's layout and not
    VirtIO's: there the used ring follows without the event word.
    """

    base: int
    num: int
    align: int
    avail_aligned: bool = False
    avail: int = field(init=False)
    used: int = field(init=False)
    end: int = field(init=False)

    def __post_init__(self) -> None:
        end, event_word = self.base + 16 * self.num, 0 if self.avail_aligned else 2
        self.avail = self._up(end) if self.avail_aligned else end
        self.used = self._up(self.avail + 4 + 2 * self.num + event_word)
        self.end = self.used + 6 + 8 * self.num

    def _up(self, address: int) -> int:
        return -(-address // self.align) * self.align

    @property
    def stride(self) -> int:
        """Bytes from one ring to the next where they lie one after the other."""
        return self._up(self.used + 4 + 8 * self.num) - self.base

    def fields(self) -> dict[int, tuple[Field, int, int]]:
        """Return (field, number, bytes) by address."""
        found: dict[int, tuple[Field, int, int]] = {}
        for i in range(self.num):
            desc, element = self.base + 16 * i, self.used + 4 + 8 * i
            found[desc] = (Field.DESC_ADDR, i, 8)
            found[desc + 8] = (Field.DESC_LEN, i, 4)
            found[desc + 12] = (Field.DESC_FLAGS, i, 2)
            found[desc + 14] = (Field.DESC_NEXT, i, 2)
            found[self.avail + 4 + 2 * i] = (Field.AVAIL_ENTRY, i, 2)
            found[element] = (Field.USED_ID, i, 4)
            found[element + 4] = (Field.USED_LEN, i, 4)
        found[self.avail] = (Field.AVAIL_FLAGS, 0, 2)
        found[self.avail + 2] = (Field.AVAIL_IDX, 0, 2)
        found[self.avail + 4 + 2 * self.num] = (Field.USED_EVENT, 0, 2)
        found[self.used] = (Field.USED_FLAGS, 0, 2)
        found[self.used + 2] = (Field.USED_IDX, 0, 2)
        found[self.used + 4 + 8 * self.num] = (Field.AVAIL_EVENT, 0, 2)
        return found
