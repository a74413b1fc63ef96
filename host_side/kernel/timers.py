# SPDX-License-Identifier: Apache-2.0
"""The timer wheel: timeouts in jiffies with the granularity of kernel/time/timer.c.

A timeout never fires early and is rounded up to the resolution of its level (1, 8, 64 ... jiffies):
a 15 s wait at HZ=100 takes 1536 jiffies, as measured on the original.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush

HZ = 100
NS_PER_JIFFY = 1_000_000_000 // HZ

_LEVEL_SHIFT = 3
_LEVELS = 8


def bucket_expiry(now: int, expires: int) -> int:
    """The jiffy at which the wheel fires a timer that was added at ``now``."""
    delta = expires - now
    level = 0
    while level < _LEVELS and delta >= 63 << (level * _LEVEL_SHIFT):
        level += 1
    shift = level * _LEVEL_SHIFT
    return ((expires >> shift) + 1) << shift


class Timer:
    """A pending timeout."""

    __slots__ = ("callback", "expiry")

    def __init__(self, expiry: int, callback: Callable[[], None]) -> None:
        self.expiry = expiry
        self.callback: Callable[[], None] | None = callback


class TimerWheel:
    """Pending timeouts and the jiffies counter; ``advance`` is called by the tick's softirq."""

    def __init__(self) -> None:
        self.jiffies = 0
        self._heap: list[tuple[int, int, Timer]] = []
        self._serial = 0

    def add(self, jiffies: int, callback: Callable[[], None]) -> Timer:
        """Call back ``jiffies`` from now, rounded up as the wheel does."""
        timer = Timer(bucket_expiry(self.jiffies, self.jiffies + jiffies), callback)
        self._serial += 1
        heappush(self._heap, (timer.expiry, self._serial, timer))
        return timer

    def add_ns(self, timeout_ns: int, callback: Callable[[], None]) -> Timer:
        """Call back after at least ``timeout_ns`` (msecs_to_jiffies rounds up too)."""
        return self.add(-(-timeout_ns // NS_PER_JIFFY), callback)

    def remove(self, timer: Timer) -> None:
        """Forget a timer, pending or not."""
        timer.callback = None

    def run(self) -> None:
        """Fire what is due at the present jiffy."""
        heap = self._heap
        while heap and (heap[0][2].callback is None or heap[0][0] <= self.jiffies):
            callback = heappop(heap)[2].callback
            if callback is not None:
                callback()
