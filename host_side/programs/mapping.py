# SPDX-License-Identifier: Apache-2.0
"""Memory that a process has mapped: reads and writes go over the bus, no system call is made."""

from __future__ import annotations

from host_side.kernel.platform import Platform

PAGE_SIZE = 4096
CHUNK = 2048
"""Bytes of one bus request, so that interrupts are taken in between."""
SIGSEGV = 11


class Killed(Exception):
    """A signal ended the process."""

    def __init__(self, signal: int) -> None:
        super().__init__(f"killed by signal {signal}")
        self.signal = signal


class UserMapping:
    """``length`` bytes at a physical address, rounded up to whole pages as mmap(2) does."""

    def __init__(self, platform: Platform, address: int, length: int) -> None:
        self._bus = platform.bus
        self._address = address
        self._size = -(-length // PAGE_SIZE) * PAGE_SIZE

    async def read(self, offset: int, length: int) -> bytes:
        """Bytes at an offset; outside of the mapping the process is killed (SIGSEGV)."""
        self._check(offset, length)
        data = bytearray()
        for at in range(offset, offset + length, CHUNK):
            size = min(CHUNK, offset + length - at)
            data += await self._bus.read(self._address + at, size)
        return bytes(data)

    async def write(self, offset: int, data: bytes) -> None:
        """Store bytes at an offset; outside of the mapping the process is killed (SIGSEGV)."""
        self._check(offset, len(data))
        for at in range(0, len(data), CHUNK):
            await self._bus.write(self._address + offset + at, data[at : at + CHUNK])

    def _check(self, offset: int, length: int) -> None:
        if length and not 0 <= offset <= offset + length <= self._size:
            raise Killed(SIGSEGV)
