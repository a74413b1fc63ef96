# SPDX-License-Identifier: Apache-2.0
"""Reads the record stream of a run (layout: ``core_record`` in sim/native/core_port.h)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

LAYOUT = struct.Struct("<QIBBBBIIQ")
"""A record without its payload."""


class RecordError(ValueError):
    """A record stream that ends in the middle of a record or has a record of no known kind."""


class Kind(IntEnum):
    """What a record tells."""

    LOAD = 0
    STORE = 1
    READ = 2
    WRITE = 3
    LINES = 16
    START = 17
    STOP = 18
    THREAD = 19
    EVENT = 20
    NAME = 21
    TX = 22
    RX = 23
    SEEN = 24
    """Bytes that software outside the RTL has stored, as they were found: a real kernel's."""


WITH_PAYLOAD = frozenset((Kind.READ, Kind.WRITE, Kind.THREAD, Kind.NAME, Kind.SEEN))
"""Kinds that a payload follows: ``length`` bytes, padded to 8."""
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


def read_records(stream: bytes | memoryview, *, whole: bool = True) -> Iterator[Record]:
    """Yield the records of a stream in order; without ``whole`` it may end inside of one."""
    view = memoryview(stream)
    at = 0
    while at < len(view):
        if at + LAYOUT.size > len(view):
            if not whole:
                return
            raise RecordError(f"record at byte {at}: expected {LAYOUT.size} bytes, found the end")
        cycle, span, number, hart, response, size, address, length, value = LAYOUT.unpack_from(
            view, at
        )
        kind = _KINDS.get(number)
        if kind is None:
            raise RecordError(f"record at byte {at}: no record has kind {number}")
        at += LAYOUT.size
        payload = b""
        if kind in WITH_PAYLOAD:
            if at + length > len(view):
                if not whole:
                    return
                raise RecordError(f"payload at byte {at}: expected {length} bytes, found the end")
            payload = bytes(view[at : at + length])
            at += length + 7 & ~7
        yield Record(cycle, span, kind, hart, response, size, address, length, value, payload)
