# SPDX-License-Identifier: Apache-2.0
"""A bus master in Python, and how a request of a hart's software becomes a call of it."""

from __future__ import annotations

from typing import Any, Protocol

from sim.bench.traffic import LOAD, READ, STORE, WRITE


class Master(Protocol):
    """One bus master; sizes are 1, 2, 4 or 8 bytes, blocks are of any length.

    Refused accesses raise.
    """

    async def load(self, address: int, size: int) -> int:
        """Read one naturally aligned value."""
        ...

    async def store(self, address: int, size: int, value: int) -> None:
        """Write one naturally aligned value."""
        ...

    async def read(self, address: int, length: int) -> bytes:
        """Read a block in bursts."""
        ...

    async def write(self, address: int, data: bytes) -> None:
        """Write a block in bursts."""
        ...


async def access(master: Master, request: tuple[Any, ...]) -> object:
    """Return the reply to a request that is no wait, from the bus."""
    kind = request[0]
    if kind == LOAD:
        return await master.load(request[1], request[2])
    if kind == READ:
        return await master.read(request[1], request[2])
    if kind == STORE:
        await master.store(request[1], request[2], request[3])
    else:
        assert kind == WRITE
        await master.write(request[1], request[2])
    return None
