# SPDX-License-Identifier: Apache-2.0
"""Finds the records that the referee has to look at, in C: three of four tell it nothing."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from ctypes import POINTER, Structure, byref, c_size_t, c_uint8, c_uint32, c_uint64, c_void_p

from sim.build.native import SIEVE, build_record_sieve
from sim.referee.interest import Interval

EVENTS = 256
_LAST = 2**64 - 1
ROOM = 4096
"""Offsets that are looked for at a time."""


class _Interval(Structure):
    _fields_ = [("first", c_uint32), ("last", c_uint32), ("wanted", c_uint32)]


class _Sieve(Structure):
    _fields_ = [
        ("intervals", POINTER(_Interval)),
        ("count", c_uint64),
        ("events", c_uint8 * EVENTS),
        ("from_cycle", c_uint64),
        ("to_cycle", c_uint64),
    ]


class RecordSieve:
    """Lets through the accesses to `intervals`, the events wanted, resets and interrupt sources."""

    def __init__(self) -> None:
        self._find = ctypes.PyDLL(str(build_record_sieve() / SIEVE)).record_sieve
        self._find.restype = c_size_t
        self._find.argtypes = (
            POINTER(_Sieve),
            c_void_p,
            c_size_t,
            POINTER(c_size_t),
            POINTER(c_uint32),
            c_size_t,
        )
        # An event that has no name yet may have a name that is wanted.
        self._sieve = _Sieve(events=(c_uint8 * EVENTS)(*([1] * EVENTS)), to_cycle=_LAST)
        self._found = (c_uint32 * ROOM)()

    def wants(self, intervals: Iterable[Interval]) -> None:
        """Let these accesses through from now on; `intervals` are in order and do not overlap."""
        items = [_Interval(*interval) for interval in intervals]
        self._sieve.intervals = (_Interval * len(items))(*items)
        self._sieve.count = len(items)

    def wants_no_event(self) -> None:
        """Let no event through that can be told from others."""
        self._sieve.events = (c_uint8 * EVENTS)()

    def wants_clocks(self, first: int, last: int = _LAST) -> None:
        """Let accesses that ended in these clocks through alone."""
        self._sieve.from_cycle, self._sieve.to_cycle = first, last

    def wants_event(self, number: int, wanted: bool) -> None:
        """Let the events of a number through, or not; those above 255 always are."""
        if number < EVENTS:
            self._sieve.events[number] = wanted

    def find(self, data: bytes, at: int) -> tuple[list[int], int]:
        """Return the offsets of the next records that matter, and of the first one behind them."""
        place = c_size_t(at)
        count = self._find(byref(self._sieve), data, len(data), byref(place), self._found, ROOM)
        return self._found[:count], place.value
