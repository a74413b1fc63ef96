# SPDX-License-Identifier: Apache-2.0
"""Reads the record stream of a run (layout: docs/records.md, sim/native/core_port.h)."""

from __future__ import annotations

import struct
from collections.abc import Container, Iterable, Iterator
from enum import IntEnum
from typing import NamedTuple

from sim.errors import AmpsimError

LAYOUT = struct.Struct("<QIBBBBIIQ")
"""A record without its payload."""
INLINE = 8
"""Observed data up to so many bytes stands in the record itself, as its value."""


class RecordError(AmpsimError):
    """A record stream that ends in the middle of a record or has a record of no known kind."""


class Kind(IntEnum):
    """What a record tells: LOAD to WRITE are a hart's requests, MEMORY_READ to REGISTER_WRITE what
    was observed on the wires at a memory or on the bus of the registers."""

    LOAD = 0
    STORE = 1
    READ = 2
    WRITE = 3
    MEMORY_READ = 8
    MEMORY_WRITE = 9
    REGISTER_READ = 10
    REGISTER_WRITE = 11
    LINES = 16
    START = 17
    STOP = 18
    THREAD = 19
    EVENT = 20
    NAME = 21
    TX = 22
    RX = 23
    SEEN = 24
    """Bytes that software outside the RTL has stored (value 0) or loaded (1): a real kernel's."""
    SOURCE = 25


WITH_PAYLOAD = frozenset((Kind.THREAD, Kind.NAME, Kind.SEEN))
"""Kinds that a payload always follows: ``length`` bytes, padded to 8."""
OBSERVED = frozenset((Kind.MEMORY_READ, Kind.MEMORY_WRITE, Kind.REGISTER_READ, Kind.REGISTER_WRITE))
"""Kinds with the data of the bus; a payload follows if it is longer than ``INLINE`` bytes."""
WRITES = frozenset((Kind.MEMORY_WRITE, Kind.REGISTER_WRITE))
"""Observed writes: what changes a memory or a register, unless they are refused."""
ALL_KINDS = frozenset(Kind)
_KINDS = {kind.value: kind for kind in Kind}


class Record(NamedTuple):
    """One record: ``cycle`` is the clock at which it ended, ``span`` its clocks from the start."""

    cycle: int
    span: int
    kind: Kind
    hart: int
    response: int
    size: int
    address: int
    length: int
    value: int
    payload: bytes = b""

    @property
    def data(self) -> bytes:
        """Return the bytes that were observed, from ``address`` on."""
        return self.payload or self.value.to_bytes(INLINE, "little")[: self.length]


def payload_bytes(kind: int, length: int) -> int:
    """Return the bytes that follow a record of that kind and length, the padding among them."""
    follows = kind in WITH_PAYLOAD or (kind in OBSERVED and length > INLINE)
    return length + 7 & ~7 if follows else 0


def pack_record(record: Record) -> bytes:
    """Return the bytes of a record in a stream, with its payload."""
    follows = payload_bytes(record.kind, record.length)
    return LAYOUT.pack(*record[:9]) + record.payload.ljust(follows, b"\0")


def read_records(stream: bytes | memoryview) -> Iterator[Record]:
    """Yield the records of a whole stream, without its header, in order."""
    return cut_records((stream,))


def cut_records(
    pieces: Iterable[bytes | memoryview], at: int = 0, kinds: Container[int] = ALL_KINDS
) -> Iterator[Record]:
    """Yield the records in consecutive pieces of a stream; the first begins at byte ``at``.

    Only those of ``kinds`` are yielded. RecordError where the stream is broken, after all that
    comes before.
    """
    rest = b""
    unpack, header = LAYOUT.unpack_from, LAYOUT.size
    for piece in pieces:
        data = rest + bytes(piece) if rest else piece
        begin, end = 0, len(data)
        while end - begin >= header:
            cycle, span, number, hart, response, size, address, length, value = unpack(data, begin)
            kind = _KINDS.get(number)
            if kind is None:
                raise RecordError(f"record at byte {at + begin}: no record has kind {number}")
            follows = payload_bytes(kind, length)
            first = begin + header
            if first + follows > end:
                break
            begin = first + follows
            if number not in kinds:
                continue
            payload = bytes(data[first : first + length]) if follows else b""
            yield Record(cycle, span, kind, hart, response, size, address, length, value, payload)
        rest = bytes(data[begin:])
        at += begin
    if rest:
        raise RecordError(_cut_short(rest, at))


def _cut_short(rest: bytes, at: int) -> str:
    """Say what a stream lacks that ends in the middle of a record."""
    if len(rest) < LAYOUT.size:
        return f"record at byte {at}: expected {LAYOUT.size} bytes, found {len(rest)} and the end"
    fields = LAYOUT.unpack_from(rest)
    found = len(rest) - LAYOUT.size
    wanted = payload_bytes(fields[2], fields[7])
    return f"payload at byte {at + LAYOUT.size}: expected {wanted} bytes, found {found} and the end"
