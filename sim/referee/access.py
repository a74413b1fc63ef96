# SPDX-License-Identifier: Apache-2.0
"""What the referee sees of a bus access, and whose it was."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class Side(IntEnum):
    """The two sides of a link: Linux is the VirtIO driver, the RTOS the device."""

    LINUX = 0
    RTOS = 1

    @property
    def other(self) -> Side:
        """Return the opposite side."""
        return Side(1 - self)


class Access(NamedTuple):
    """One finished bus access, of any length."""

    time_ns: int
    hart: int
    side: Side
    write: bool
    address: int
    data: bytes

    @property
    def end(self) -> int:
        """Return the address after the last byte."""
        return self.address + len(self.data)

    def word(self) -> int:
        """Return the data as a number."""
        return int.from_bytes(self.data, "little")
