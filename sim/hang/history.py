# SPDX-License-Identifier: Apache-2.0
"""The last records of a run, sorted by what they are about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sim.records import INLINE, OBSERVED, WRITES, Kind, Record


class History:
    """Records by what they are about. Times are clocks."""

    def __init__(self, records: Iterable[Record], names: Mapping[str, int]) -> None:
        self._numbers = dict(names)
        self._stores: dict[int, list[Record]] = defaultdict(list)
        self._loads: dict[int, Record] = {}
        self._lines: dict[int, list[Record]] = defaultdict(list)
        self._threads: dict[int, list[Record]] = defaultdict(list)
        self._events: dict[tuple[int, int], Record] = {}
        for record in records:
            self._sort(record)

    def _sort(self, record: Record) -> None:
        if record.kind in OBSERVED:
            self._sort_access(record)
        elif _is_store(record):
            self._stores[record.address].append(record)
        elif record.kind == Kind.LINES:
            self._lines[record.hart].append(record)
        elif record.kind == Kind.THREAD:
            self._threads[record.hart].append(record)
        elif record.kind == Kind.EVENT:
            self._events[record.hart, record.address] = record

    def _sort_access(self, record: Record) -> None:
        """Keep what was observed on the wires; blocks are no doorbell and no index."""
        if record.length > INLINE:
            return
        if record.kind in WRITES:
            self._stores[record.address].append(record)
        else:
            self._loads[record.address] = record

    def last_store(self, address: int, wanted: int | None = None) -> Record | None:
        """Return the last store to an address, of a value if one is wanted."""
        for record in reversed(self._stores.get(address, ())):
            if wanted is None or record.value == wanted:
                return record
        return None

    def last_load(self, address: int) -> Record | None:
        """Return the last load from an address."""
        return self._loads.get(address)

    def last_rise(self, hart: int, line: int) -> int | None:
        """Return the clock at which a line of a hart rose last."""
        levels = self._lines.get(hart, ())
        for before, after in zip((None, *levels), levels, strict=False):
            if after.value & line and not (before is not None and before.value & line):
                found = after.cycle
        return found if levels and any(record.value & line for record in levels) else None

    def last_event(self, hart: int, name: str) -> Record | None:
        """Return the last software event of that name on a hart."""
        number = self._numbers.get(name)
        return None if number is None else self._events.get((hart, number))

    def last_of(self, names: Iterable[str], until: int) -> tuple[str, Record] | None:
        """Return the last software event of any of these names, up to a clock."""
        wanted = {self._numbers[name]: name for name in names if name in self._numbers}
        found = [
            record
            for (_, number), record in self._events.items()
            if number in wanted and record.cycle <= until
        ]
        if not found:
            return None
        last = max(found, key=lambda record: record.cycle)
        return wanted[last.address], last

    def thread_at(self, hart: int, cycle: int) -> str:
        """Return the thread that ran on a hart at a clock."""
        found = ""
        for record in self._threads.get(hart, ()):
            if record.cycle > cycle:
                break
            found = record.payload.decode("ascii", "replace")
        return found

    def last_thread(self, hart: int) -> tuple[str, int | None]:
        """Return the thread shown last on a hart, and since when."""
        records = self._threads.get(hart)
        if not records:
            return "", None
        return records[-1].payload.decode("ascii", "replace"), records[-1].cycle


def _is_store(record: Record) -> bool:
    """Tell a store that no bus shows: one that was refused, or that a real kernel has made."""
    if record.kind == Kind.SEEN:
        return not record.value
    return record.kind == Kind.STORE and bool(record.response)
