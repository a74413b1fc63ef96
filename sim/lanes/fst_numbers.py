# SPDX-License-Identifier: Apache-2.0
"""Numbers and compressed pieces as FST files have them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


def varint(value: int) -> bytes:
    """Return an unsigned number in LEB128."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


@lru_cache(1 << 16)
def short_varint(value: int) -> bytes:
    """Return the same for numbers that come again and again."""
    return varint(value)


def signed_varint(value: int) -> bytes:
    """Return a signed number in LEB128."""
    out = bytearray()
    while True:
        low = value & 0x7F
        value >>= 7
        if (value == 0 and not low & 0x40) or (value == -1 and low & 0x40):
            out.append(low)
            return bytes(out)
        out.append(low | 0x80)


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """Return an unsigned number and where the next one is."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def read_signed_varint(data: bytes, at: int) -> tuple[int, int]:
    """Return a signed number and where the next one is."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value - (1 << shift) if byte & 0x40 else value, at


def varints(data: bytes) -> NDArray[np.uint64]:
    """Return all of the unsigned numbers in some bytes."""
    if not data:
        return np.zeros(0, np.uint64)
    sevens = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(sevens < 0x80)
    starts = np.concatenate((np.zeros(1, np.intp), ends[:-1] + 1))
    places = np.arange(len(sevens)) - np.repeat(starts, ends - starts + 1)
    parts = (sevens & 0x7F).astype(np.uint64) << (7 * places).astype(np.uint64)
    return np.add.reduceat(parts, starts)


def decompress_lz4(data: bytes, size: int) -> bytes:
    """Return the content of one LZ4 block (lz4 Block Format: literals, then a match)."""
    out, at = bytearray(), 0
    while at < len(data):
        token = data[at]
        at += 1
        count, at = _length(data, at, token >> 4)
        out += data[at : at + count]
        at += count
        if at >= len(data):
            break
        offset = data[at] | data[at + 1] << 8
        count, at = _length(data, at + 2, token & 15)
        count += 4
        start = len(out) - offset
        while count > 0:  # a match may overlap what it makes
            piece = out[start : start + count]
            out += piece
            start += len(piece)
            count -= len(piece)
    if len(out) != size:
        raise ValueError(f"expected {size} bytes in an LZ4 block, found {len(out)}")
    return bytes(out)


def _length(data: bytes, at: int, nibble: int) -> tuple[int, int]:
    count = nibble
    if nibble == 15:
        while True:
            byte = data[at]
            at += 1
            count += byte
            if byte != 255:
                break
    return count, at
