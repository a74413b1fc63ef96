# SPDX-License-Identifier: Apache-2.0
"""Adds signals to a finished FST file without touching those that it has.

An FST is a row of blocks, each a type and a length (format: gtkwave's fstapi.c, and "Implementation
of an Efficient Method for Digital Waveform Compression" in GTKWave's manual). What the simulator
recorded is copied as it is. The new signals get the handles after the last one: their names go to
the hierarchy, their widths to the geometry, and in each block of value changes they get chains of
their own, whose times are those that the block has anyway.
"""

from __future__ import annotations

import gzip
import struct
import zlib
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from sim.lanes.fst_numbers import (
    decompress_lz4,
    read_signed_varint,
    read_varint,
    short_varint,
    signed_varint,
    varint,
    varints,
)
from sim.lanes.lane import SCOPE, TEXT, Lane, Value, bits_of

Times = NDArray[np.uint64]

HEADER, BLACKOUT, GEOMETRY, HIERARCHY, HIERARCHY_LZ4, CHANGES, SKIPPED = 0, 2, 3, 4, 6, 8, 255
_SCOPES_AT, _VARIABLES_AT, _HANDLES_AT, _TIMESCALE_AT = 32, 40, 48, 64
_SCOPE_BEGIN, _SCOPE_END, _MODULE = 254, 255, 0
_WIRE, _STRING, _IMPLICIT = 16, 21, 0
_NO_LENGTH = 0xFFFFFFFF
_NANOSECOND = -9


class FstError(ValueError):
    """An FST file of a kind that signals cannot be added to."""


def add_to_fst(source: BinaryIO, target: BinaryIO, lanes: Sequence[Lane]) -> None:
    """Copy an FST with further signals; FstError when it has blocks that are not known."""
    scale = 1
    first_handle = 0
    while head := source.read(9):
        if len(head) < 9:
            raise FstError("a block without its length")
        kind, size = struct.unpack(">BQ", head)
        content = source.read(size - 8)
        if len(content) != size - 8:
            raise FstError("a block that ends too early")
        if kind == HEADER:
            first_handle = struct.unpack_from(">Q", content, _HANDLES_AT)[0]
            scale = _ticks_a_nanosecond(content)
            content = _header(content, len(lanes))
        elif kind == GEOMETRY:
            content = _geometry(content, lanes)
        elif kind in (HIERARCHY, HIERARCHY_LZ4):
            content = _hierarchy(content, kind, lanes)
            kind = HIERARCHY
        elif kind == CHANGES:
            content = _Block(content, first_handle).with_lanes(lanes, scale)
        elif kind not in (BLACKOUT, SKIPPED):
            raise FstError(f"a block of type {kind}")
        target.write(struct.pack(">BQ", kind, len(content) + 8))
        target.write(content)


def _ticks_a_nanosecond(header: bytes) -> int:
    exponent = struct.unpack_from(">b", header, _TIMESCALE_AT)[0]
    if exponent > _NANOSECOND:
        raise FstError("a timescale above 1 ns")
    return int(10 ** (_NANOSECOND - exponent))


def _header(content: bytes, count: int) -> bytes:
    changed = bytearray(content)
    for at, more in ((_SCOPES_AT, 1), (_VARIABLES_AT, count), (_HANDLES_AT, count)):
        number = struct.unpack_from(">Q", changed, at)[0]
        struct.pack_into(">Q", changed, at, number + more)
    return bytes(changed)


def _geometry(content: bytes, lanes: Sequence[Lane]) -> bytes:
    """Return the widths of all handles; one that stands for text has none."""
    size, handles = struct.unpack_from(">QQ", content)
    widths = content[16:] if len(content) - 16 == size else zlib.decompress(content[16:])
    widths += b"".join(varint(_NO_LENGTH if lane.bits == TEXT else lane.bits) for lane in lanes)
    packed = zlib.compress(widths)
    body = packed if len(packed) < len(widths) else widths
    return struct.pack(">QQ", len(widths), handles + len(lanes)) + body


def _hierarchy(content: bytes, kind: int, lanes: Sequence[Lane]) -> bytes:
    size = struct.unpack_from(">Q", content)[0]
    packed = content[8:]
    names = gzip.decompress(packed) if kind == HIERARCHY else decompress_lz4(packed, size)
    names += bytes((_SCOPE_BEGIN, _MODULE)) + SCOPE.encode() + b"\0\0"
    for lane in lanes:
        kind_of = _STRING if lane.bits == TEXT else _WIRE
        suffix = f" [{lane.bits - 1}:0]" if lane.bits > 1 else ""
        names += bytes((kind_of, _IMPLICIT)) + (lane.name + suffix).encode() + b"\0"
        names += varint(lane.bits) + varint(0)
    names += bytes((_SCOPE_END,))
    return struct.pack(">Q", len(names)) + gzip.compress(names, mtime=0)


@dataclass(frozen=True, slots=True)
class _Parts:
    """A block of value changes, cut into its parts."""

    head: bytes
    frame: bytes
    handles: int
    chains: bytes
    table: bytes
    times: bytes
    time_tail: bytes


class _Block:
    """A block of value changes; handles count from 0 here."""

    def __init__(self, content: bytes, handles: int) -> None:
        self._parts = parts = _cut(content)
        if parts.handles != handles:
            raise FstError(f"a block of {parts.handles} of {handles} signals")
        self.begin, self.end = struct.unpack_from(">QQ", content)

    def with_lanes(self, lanes: Sequence[Lane], scale: int) -> bytes:
        """Return the block's content with the lanes' values and changes."""
        parts = self._parts
        times = _times(parts.times)
        frame = parts.frame
        chains, table = bytearray(parts.chains), bytearray(parts.table)
        last = _last_offset(parts.table)
        for lane in lanes:
            before, inside = _in_block(lane, self.begin, self.end, scale)
            if lane.bits != TEXT:
                frame += bits_of(before, lane.bits).encode()
            chain = _chain(lane, inside, times, scale)
            if chain:
                offset = len(chains)
                table += signed_varint((offset - last) << 1 | 1)
                last = offset
                chains += varint(0) + chain
            else:
                table += varint(1 << 1)
        packed = zlib.compress(frame, 4)
        if len(packed) >= len(frame):
            packed = frame
        count = parts.handles + len(lanes)
        return b"".join(
            (
                parts.head,
                varint(len(frame)) + varint(len(packed)) + varint(count),
                packed,
                varint(count),
                chains,
                table,
                struct.pack(">Q", len(table)),
                parts.times,
                parts.time_tail,
            )
        )


def _cut(content: bytes) -> _Parts:
    at = 24
    frame_size, at = read_varint(content, at)
    packed_size, at = read_varint(content, at)
    _, at = read_varint(content, at)
    frame = content[at : at + packed_size]
    if packed_size != frame_size:
        frame = zlib.decompress(frame)
    at += packed_size
    handles, at = read_varint(content, at)
    tail = content[-24:]
    _, time_size, _ = struct.unpack(">QQQ", tail)
    time_at = len(content) - 24 - time_size
    table_size = struct.unpack_from(">Q", content, time_at - 8)[0]
    table_at = time_at - 8 - table_size
    return _Parts(
        content[:24],
        frame,
        handles,
        content[at:table_at],
        content[table_at : time_at - 8],
        content[time_at : time_at + time_size],
        tail,
    )


def _times(packed: bytes) -> Times:
    """Return the times at which something changes in a block."""
    try:
        deltas = zlib.decompress(packed)
    except zlib.error:
        deltas = packed
    return np.cumsum(varints(deltas))


def _last_offset(table: bytes) -> int:
    """Return the place of the last chain in a table, from which the next one counts."""
    at = offset = 0
    while at < len(table):
        if table[at] & 1:
            value, at = read_signed_varint(table, at)
            if value >> 1 > 0:
                offset += value >> 1
        else:
            _, at = read_varint(table, at)
    return offset


def _in_block(
    lane: Lane, begin: int, end: int, scale: int
) -> tuple[Value, list[tuple[int, Value]]]:
    """Return a lane's value before a block, and its changes in it."""
    first = bisect_left(lane.changes, begin, key=lambda change: change[0] * scale)
    last = bisect_left(lane.changes, end + 1, key=lambda change: change[0] * scale)
    before = lane.changes[first - 1][1] if first else None
    return before, lane.changes[first:last]


def _chain(lane: Lane, changes: Sequence[tuple[int, Value]], times: Times, scale: int) -> bytes:
    """Return the changes as FST keeps them: steps in the list of times, values."""
    if lane.bits == 1:
        raise FstError("a lane of one bit")
    packed = cache(partial(_packed, lane.bits))
    out: list[bytes] = []
    last = 0
    for place, value in _on_times(changes, times, scale):
        unknown, content = packed(value)
        out += (short_varint(place - last << 1 | unknown), content)
        last = place
    return b"".join(out)


def _packed(bits: int, value: Value) -> tuple[bool, bytes]:
    """Return a value as it stands in a chain, and whether it is one that is not known."""
    if bits == TEXT:
        text = str(value or "").encode("ascii", "replace")
        return False, varint(len(text)) + text
    if value is None:
        return True, b"x" * bits
    room = -bits % 8
    return False, (int(value) << room).to_bytes((bits + room) // 8, "big")


def _on_times(
    changes: Sequence[tuple[int, Value]], times: Times, scale: int
) -> list[tuple[int, Value]]:
    """Return (place in the list of times, value): of several at one place the last."""
    wanted = np.array([time * scale for time, _ in changes], np.uint64)
    places = np.minimum(np.searchsorted(times, wanted), len(times) - 1).tolist()
    return list(dict(zip(places, (value for _, value in changes), strict=True)).items())
