# SPDX-License-Identifier: Apache-2.0
"""Puts AXI4 and AXI4-Lite transactions together from the handshakes of their five channels."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum

OnAccess = Callable[[int, bool, int, bytes, int], None]
"""Takes an access that has ended: AXI ID, whether a write, address, data, response."""


class Burst(IntEnum):
    """How the addresses of a burst's beats follow each other."""

    FIXED = 0
    INCR = 1
    WRAP = 2


@dataclass(slots=True)
class Transfer:
    """A transaction under way: its address handshake and the runs of bytes so far."""

    axi_id: int
    address: int
    beats: int
    size: int
    burst: int
    runs: list[tuple[int, bytearray]] = field(default_factory=list)
    done: int = 0
    response: int = 0

    def beat_address(self) -> int:
        """Return the address of the next beat (AXI4, A3.4.1)."""
        if not self.done or self.burst == Burst.FIXED:
            return self.address
        aligned = self.address & -self.size
        at = aligned + self.done * self.size
        if self.burst == Burst.WRAP:
            span = self.size * self.beats
            low = self.address & -span
            at = low + (at - low) % span
        return at

    def add(self, at: int, data: bytes) -> None:
        """Add bytes from an address on; they continue the last run where they follow it."""
        if self.runs and self.runs[-1][0] + len(self.runs[-1][1]) == at:
            self.runs[-1][1].extend(data)
        else:
            self.runs.append((at, bytearray(data)))


class AxiBusWatcher:
    """Follows one bus of `width` bytes; :attr:`on_access` is called once for each run of bytes.

    A write has ended with its response. Write data belongs to the addresses in their order (AXI4
    has no interleaving), it may come before them.
    """

    def __init__(self, width: int, on_access: OnAccess) -> None:
        self.width = width
        self._on_access = on_access
        self._writes: deque[Transfer] = deque()
        self._written: dict[int, deque[Transfer]] = {}
        self._reads: dict[int, deque[Transfer]] = {}
        self._early: deque[tuple[int, int, bool]] = deque()

    def reset(self) -> None:
        """What was under way is gone."""
        self._writes.clear()
        self._written.clear()
        self._reads.clear()
        self._early.clear()

    def write_address(self, transfer: Transfer) -> None:
        """AW: a write begins."""
        self._writes.append(transfer)
        self._pair()

    def write_data(self, data: int, strobes: int, last: bool) -> None:
        """W: a beat of the oldest write whose data is not complete."""
        self._early.append((data, strobes, last))
        self._pair()

    def _pair(self) -> None:
        while self._early and self._writes:
            transfer = self._writes[0]
            data, strobes, last = self._early.popleft()
            base = transfer.beat_address() // self.width * self.width
            content = data.to_bytes(self.width, "little")
            for first, count in _runs(strobes):
                transfer.add(base + first, content[first : first + count])
            transfer.done += 1
            if last:
                self._writes.popleft()
                self._written.setdefault(transfer.axi_id, deque()).append(transfer)

    def write_response(self, axi_id: int, response: int) -> None:
        """B: the oldest complete write of that ID has ended."""
        waiting = self._written.get(axi_id)
        if waiting:
            self._ended(waiting.popleft(), True, response)

    def read_address(self, transfer: Transfer) -> None:
        """AR: a read begins."""
        self._reads.setdefault(transfer.axi_id, deque()).append(transfer)

    def read_data(self, axi_id: int, data: int, response: int, last: bool) -> None:
        """R: a beat of the oldest read of that ID."""
        waiting = self._reads.get(axi_id)
        if not waiting:
            return
        transfer = waiting[0]
        at = transfer.beat_address()
        lane = at % self.width
        end = at // transfer.size * transfer.size % self.width + transfer.size
        transfer.add(at, data.to_bytes(self.width, "little")[lane:end])
        transfer.response = max(transfer.response, response)
        transfer.done += 1
        if last:
            waiting.popleft()
            self._ended(transfer, False, transfer.response)

    def _ended(self, transfer: Transfer, write: bool, response: int) -> None:
        for address, data in transfer.runs:
            self._on_access(transfer.axi_id, write, address, bytes(data), response)


def _runs(strobes: int) -> Iterator[tuple[int, int]]:
    """Yield (first lane, lanes) of each run of strobes."""
    lane = 0
    while strobes >> lane:
        while not strobes >> lane & 1:
            lane += 1
        first = lane
        while strobes >> lane & 1:
            lane += 1
        yield first, lane - first
