# SPDX-License-Identifier: Apache-2.0
"""Where the rings and buffers of a run lie, so that addresses become names both hosts share."""

from __future__ import annotations

from collections.abc import Sequence

from sim.errors import AmpsimError
from sim.referee.ring_layout import Field, RingShape

RINGS = ("rx", "tx")
"""As Linux calls them: 0 brings messages of the remote, 1 takes Linux's own there."""
BUFFER_BYTES = 512


class RingMap:
    """The rings of a run, and its buffers; descriptors hold bus addresses less ``offset``."""

    def __init__(self, shapes: Sequence[RingShape], offset: int) -> None:
        self.shapes = tuple(shapes)
        self.offset = offset
        self.pool = 0
        """Address of buffer 0, known once the first buffer has been offered."""
        self.fields: dict[int, tuple[int, Field, int, int]] = {}
        for ring, shape in enumerate(shapes):
            for address, (field, number, size) in shape.fields().items():
                self.fields[address] = ring, field, number, size

    @property
    def num(self) -> int:
        """Entries of a ring."""
        return self.shapes[0].num

    def buffer(self, address: int) -> str:
        """Return the name of the buffer at a bus address: its half and its number there."""
        number, rest = divmod(address - self.pool, BUFFER_BYTES)
        if rest or not 0 <= number < 2 * self.num:
            raise AmpsimError(f"buffer 0x{address:x}: expected one of the pool at 0x{self.pool:x}")
        return f"{RINGS[number // self.num]} buffer {number % self.num}"

    @property
    def pool_span(self) -> range:
        """Addresses of all bytes of all buffers; none before the first has been offered."""
        return range(self.pool, self.pool + 2 * self.num * BUFFER_BYTES * bool(self.pool))

    def buffers(self) -> range:
        """Return the addresses of all buffers."""
        return self.pool_span[::BUFFER_BYTES]
