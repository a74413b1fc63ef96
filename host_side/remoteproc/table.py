# SPDX-License-Identifier: Apache-2.0
"""Where a resource table lies: a copy in the kernel's memory, or the remote's own, over the bus."""

from __future__ import annotations

from typing import Protocol

from host_side.kernel.platform import Bus


class ResourceTable(Protocol):
    """``table_ptr``: offsets count from the table's start; ``size`` in bytes."""

    size: int

    async def load(self, offset: int, size: int) -> int:
        """An integer of ``size`` bytes."""

    async def store(self, offset: int, size: int, value: int) -> None:
        """Write an integer of ``size`` bytes."""

    async def read(self, offset: int, length: int) -> bytes:
        """Bytes as they are."""


class CachedTable:
    """A copy of the firmware's table (cached_table); what lies behind its end reads as zero."""

    def __init__(self, data: bytes) -> None:
        self.data = bytearray(data)
        self.size = len(data)

    async def load(self, offset: int, size: int) -> int:
        """An integer of ``size`` bytes."""
        return int.from_bytes(self.data[offset : offset + size], "little")

    async def store(self, offset: int, size: int, value: int) -> None:
        """Write an integer of ``size`` bytes."""
        self.data[offset : offset + size] = value.to_bytes(size, "little")

    async def read(self, offset: int, length: int) -> bytes:
        """Bytes as they are."""
        return bytes(self.data[offset : offset + length].ljust(length, b"\0"))


class LoadedTable:
    """The table in the remote's memory at a CPU address: each access is one on the bus."""

    def __init__(self, bus: Bus, address: int, size: int) -> None:
        self.address = address
        self.size = size
        self._bus = bus

    async def load(self, offset: int, size: int) -> int:
        """An integer of ``size`` bytes."""
        address = self.address + offset
        if address % size:
            return int.from_bytes(await self._bus.read(address, size), "little")
        return await self._bus.load(address, size)

    async def store(self, offset: int, size: int, value: int) -> None:
        """Write an integer of ``size`` bytes."""
        address = self.address + offset
        if address % size:
            await self._bus.write(address, value.to_bytes(size, "little"))
        else:
            await self._bus.store(address, size, value)

    async def read(self, offset: int, length: int) -> bytes:
        """Bytes as they are."""
        return await self._bus.read(self.address + offset, length)
