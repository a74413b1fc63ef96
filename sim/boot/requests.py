# SPDX-License-Identifier: Apache-2.0
"""What boot code asks of its hart: register and memory accesses, checked and in sound pieces."""

from __future__ import annotations

import zlib
from collections.abc import Generator
from typing import Any, TypeVar

from sim.core import LOAD, READ, STORE, WAIT, WRITE

T = TypeVar("T")

# The software of a hart, or a piece of it: yields requests, returns a T.
Steps = Generator[tuple[Any, ...], Any, T]

PIECE = 0x4000  # bytes that one request moves at most


def load32(address: int) -> Steps[int]:
    """Return the word at ``address``."""
    value: int = yield (LOAD, address, 4)
    return value


def store32(address: int, value: int) -> Steps[None]:
    """Write a word."""
    yield (STORE, address, 4, value)


def change32(address: int, clear: int, set_: int) -> Steps[None]:
    """Read a word, clear and set bits in it, write it back."""
    value = yield from load32(address)
    yield from store32(address, value & ~clear | set_)


def write(address: int, data: bytes) -> Steps[None]:
    """Write bytes, piece by piece."""
    for at in range(0, len(data), PIECE):
        yield (WRITE, address + at, data[at : at + PIECE])


def read(address: int, length: int) -> Steps[bytes]:
    """Return the bytes at ``address``, read piece by piece: a refused piece ends it early."""
    parts: list[bytes] = []
    for at in range(0, length, PIECE):
        parts.append((yield (READ, address + at, min(PIECE, length - at))))
    return b"".join(parts)


def copy(target: int, source: int, length: int) -> Steps[int]:
    """Copy memory with this hart's own reads and writes; return the CRC-32 of what was read."""
    crc = 0
    for at in range(0, length, PIECE):
        data: bytes = yield (READ, source + at, min(PIECE, length - at))
        crc = zlib.crc32(data, crc)
        yield (WRITE, target + at, data)
    return crc


def clear(address: int, length: int) -> Steps[None]:
    """Write zeros; no more than a piece of them exists at a time."""
    zeros = bytes(PIECE)
    for at in range(0, length, PIECE):
        yield (WRITE, address + at, zeros[: min(PIECE, length - at)])


def sleep_for_ever() -> Steps[None]:
    """Wait without limit: the hart stands until it is reset."""
    while True:
        yield (WAIT, -1, 0)
