# SPDX-License-Identifier: Apache-2.0
"""The changes of one signal as arrays, and what it was when a clock rose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.uint64]
Values = NDArray[np.uint64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Trace:
    """Changes of a signal of up to 64 bits, ascending; ``known`` is False where a bit is x or z.

    A value that is not known stands as 0.
    """

    times: Times
    values: Values
    known: Flags

    @classmethod
    def of(cls, changes: Iterable[tuple[int, object]]) -> Trace:
        """Return the trace of (time, value) pairs; a value that is no int is not known.

        They are read twice where there is such a value.
        """
        try:
            flat = np.fromiter(chain.from_iterable(changes), np.uint64)
        except ValueError:  # a value with x or z is a string
            return cls._partly_known(list(changes))
        return cls(flat[0::2].copy(), flat[1::2].copy(), np.ones(len(flat) // 2, np.bool_))

    @classmethod
    def _partly_known(cls, changes: Sequence[tuple[int, object]]) -> Trace:
        known = np.array([type(value) is int for _, value in changes], np.bool_)
        numbers = [value if type(value) is int else 0 for _, value in changes]
        times = np.array([time for time, _ in changes], np.uint64)
        return cls(times, np.array(numbers, np.uint64), known)

    @classmethod
    def constant(cls, value: int) -> Trace:
        """Return the trace of a signal that a bus does not have."""
        return cls.of([(0, value)])

    def _index(self, times: Times) -> NDArray[np.intp]:
        return np.searchsorted(self.times, times, side="left") - 1

    def before(self, times: Times) -> Values:
        """Return the values that a register clocked at these times takes: those just before."""
        if not len(self.times):
            return np.zeros(len(times), np.uint64)
        at = self._index(times)
        return np.where(at >= 0, self.values[np.maximum(at, 0)], np.uint64(0))

    def known_before(self, times: Times) -> Flags:
        """Return whether all bits of those values are known."""
        if not len(self.times):
            return np.zeros(len(times), np.bool_)
        at = self._index(times)
        return (at >= 0) & self.known[np.maximum(at, 0)]

    def rising(self) -> Times:
        """Return the times at which a clock rises, from a 0 that was seen to a 1."""
        if len(self.times) < 2:
            return self.times[:0]
        low = self.known[:-1] & (self.values[:-1] == 0)
        edges: Times = self.times[1:][low & self.known[1:] & (self.values[1:] == 1)]
        return edges
