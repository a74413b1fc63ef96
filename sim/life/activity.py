# SPDX-License-Identifier: Apache-2.0
"""What a hart did when: bus transactions, thread switches, rises of interrupt lines, interrupts."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator


class HartActivity:
    """The times of one hart, in clocks, each list in ascending order."""

    def __init__(self) -> None:
        self.lines = 0
        self.thread = "off"
        """The thread that runs."""
        self._waiting: dict[str, tuple[int, str]] = {}
        self._lock_waits: dict[str, list[tuple[int, int, str]]] = {}
        self.interrupts = array("Q")
        """Entries of interrupt handlers."""
        self.rises: list[tuple[int, int]] = []
        """(clock, lines that came up)."""
        self._level_times = array("Q", [0])
        self._levels = array("B", [0])
        self._switch_times = array("Q", [0])
        self._switch_names = ["off"]
        self.kinds = array("B")
        """Of each transaction, as records have them; likewise the addresses."""
        self.addresses = array("I")
        self._starts = array("Q")
        self._ends = array("Q")
        self._sums = array("Q", [0])

    def bus(self, end: int, span: int, kind: int, address: int) -> None:
        """Add a transaction."""
        self.kinds.append(kind)
        self.addresses.append(address)
        self._starts.append(end - span)
        self._ends.append(end)
        self._sums.append(self._sums[-1] + span)

    def set_lines(self, cycle: int, level: int) -> None:
        """The interrupt lines have a new level."""
        risen = level & ~self.lines
        self.lines = level
        self._level_times.append(cycle)
        self._levels.append(level)
        if risen:
            self.rises.append((cycle, risen))

    def switch(self, cycle: int, name: str) -> None:
        """Another thread runs from now on."""
        self._switch_times.append(cycle)
        self._switch_names.append(name)
        self.thread = name
        if self._waiting and name in self._waiting:
            begin, lock = self._waiting.pop(name)
            self._lock_waits.setdefault(name, []).append((begin, cycle, lock))

    def wait_for_lock(self, cycle: int, lock: str) -> None:
        """The thread that runs finds a lock taken; it waits until it runs again."""
        self._waiting[self.thread] = (cycle, lock)

    def lock_waited_for(self, thread: str, cycle: int) -> str | None:
        """Return the lock that a thread waited for at a clock, None for none."""
        waits = self._lock_waits.get(thread)
        if waits is None:
            return None
        at = bisect_right(waits, cycle, key=lambda wait: wait[0]) - 1
        return waits[at][2] if at >= 0 and cycle < waits[at][1] else None

    @property
    def switched(self) -> int:
        """Return when the thread that runs came to run."""
        return self._switch_times[-1]

    def busy(self, begin: int, end: int) -> int:
        """Return the clocks in [begin, end) with a transaction of this hart under way."""
        starts, ends = self._starts, self._ends
        first = bisect_right(ends, begin)
        last = bisect_left(starts, end)
        if first >= last:
            return 0
        total = self._sums[last] - self._sums[first]
        total -= max(0, begin - starts[first])
        return total - max(0, ends[last - 1] - end)

    def level(self, cycle: int) -> int:
        """Return the lines that are up at a clock."""
        return self._levels[bisect_right(self._level_times, cycle) - 1]

    def rise(self, line: int, begin: int, end: int) -> int | None:
        """Return the first clock in [begin, end] at which the line came up."""
        at = bisect_left(self.rises, (begin, 0))
        while at < len(self.rises) and self.rises[at][0] <= end:
            if self.rises[at][1] & line:
                return self.rises[at][0]
            at += 1
        return None

    def interrupt(self, begin: int, end: int) -> int | None:
        """Return the first clock in [begin, end] at which a handler was entered."""
        at = bisect_left(self.interrupts, begin)
        if at < len(self.interrupts) and self.interrupts[at] <= end:
            return self.interrupts[at]
        return None

    def transactions(self, begin: int, end: int) -> Iterator[tuple[int, int, int, int]]:
        """Yield (begin, end, kind, address) of the transactions that begin in [begin, end)."""
        part = slice(bisect_left(self._starts, begin), bisect_left(self._starts, end))
        columns = (self._starts, self._ends, self.kinds, self.addresses)
        return zip(*(column[part] for column in columns), strict=True)

    def levels_in(self, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield (clock, lines) at ``begin`` and where they change in (begin, end)."""
        yield begin, self.level(begin)
        times = self._level_times
        part = slice(bisect_right(times, begin), bisect_left(times, end))
        yield from zip(times[part], self._levels[part], strict=True)

    def threads(self, begin: int, end: int) -> Iterator[tuple[int, int, str]]:
        """Yield (begin, end, name) of what ran in [begin, end)."""
        times, names = self._switch_times, self._switch_names
        at = bisect_right(times, begin) - 1
        last = len(times) - 1
        while begin < end:
            until = times[at + 1] if at < last else end
            until = min(until, end)
            if until > begin:
                yield begin, until, names[at]
                begin = until
            at += 1
