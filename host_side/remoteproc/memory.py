# SPDX-License-Identifier: Apache-2.0
"""memcpy and memset to a remote's memory: in pieces, so that interrupts come in between."""

from __future__ import annotations

from host_side.kernel.platform import Bus

STEP = 4096
"""Bytes of one write or read on the bus."""


async def copy_to(bus: Bus, address: int, data: bytes | bytearray | memoryview) -> None:
    """memcpy_toio()."""
    view = memoryview(data)
    for offset in range(0, len(view), STEP):
        await bus.write(address + offset, bytes(view[offset : offset + STEP]))


async def clear(bus: Bus, address: int, length: int) -> None:
    """memset_io() with zero."""
    zeros = bytes(min(STEP, length))
    for offset in range(0, length, STEP):
        await bus.write(address + offset, zeros[: length - offset])


async def copy_from(bus: Bus, address: int, length: int) -> bytes:
    """memcpy_fromio()."""
    data = bytearray()
    for offset in range(0, length, STEP):
        data += await bus.read(address + offset, min(STEP, length - offset))
    return bytes(data)


async def string_length(bus: Bus, address: int, limit: int) -> int:
    """strnlen(): bytes before the first NUL, at most ``limit``."""
    for offset in range(0, limit, STEP):
        piece = await bus.read(address + offset, min(STEP, limit - offset))
        at = piece.find(0)
        if at >= 0:
            return offset + at
    return limit
