# SPDX-License-Identifier: Apache-2.0
"""A copy of the shared memory, kept up to date by the writes that are seen on the bus."""

from __future__ import annotations

from collections.abc import Iterable


class Shadow:
    """Bytes of some regions, each (base, size); what lies elsewhere is not kept and reads as 0."""

    def __init__(self, regions: Iterable[tuple[int, int]]) -> None:
        self._regions = [(base, base + size, bytearray(size)) for base, size in regions]

    def write(self, address: int, data: bytes) -> None:
        """Take a write as far as it lies in one of the regions."""
        for base, end, memory in self._regions:
            if base <= address < end:
                data = data[: end - address]
                memory[address - base : address - base + len(data)] = data
                return

    def read(self, address: int, length: int) -> bytes:
        """Return ``length`` bytes."""
        for base, end, memory in self._regions:
            if base <= address < end:
                return bytes(memory[address - base : address - base + length])
        return bytes(length)

    def integer(self, address: int, size: int) -> int:
        """Return a little-endian number of ``size`` bytes."""
        return int.from_bytes(self.read(address, size), "little")
