# SPDX-License-Identifier: Apache-2.0
"""Two sides of the bench's traffic over a plain memory: no simulator, one access at a time."""

from __future__ import annotations

import itertools
from collections import Counter

from sim.bench.traffic import (
    CLINT,
    LOAD,
    MEMORY,
    READ,
    SOFT,
    STORE,
    WAIT,
    WRITE,
    Initiator,
    Software,
    responder,
)


class PlainBus:
    """Serves requests of both sides in turns; counts them by (side, kind, bytes)."""

    def __init__(self) -> None:
        self.memory = bytearray(0x4_0000)
        self.doorbells = [0, 0]
        self.counts: Counter[tuple[int, int, int]] = Counter()
        self.now = 0
        self.transactions = 0

    def run(self, initiator: Software, responder: Software) -> None:
        """Run until the initiator returns."""
        sides = [initiator, responder]
        requests = [next(side) for side in sides]
        while True:
            for number, side in enumerate(sides):
                request = requests[number]
                if request[0] == WAIT and request[2] & SOFT and not self.doorbells[number]:
                    continue
                try:
                    requests[number] = side.send(self._serve(number, request))
                except StopIteration:
                    return

    def _serve(self, side: int, request: tuple) -> object:
        kind, address = request[:2]
        if kind == WAIT:
            self.now += max(address, 0)
            return 0
        self.now += 4
        self.transactions += 1
        length = len(request[2]) if kind == WRITE else request[2]
        self.counts[side, kind, length] += 1
        if CLINT <= address < CLINT + 8:
            assert kind == STORE
            self.doorbells[(address - CLINT) // 4] = request[3]
            return None
        place = slice(address - MEMORY, address - MEMORY + length)
        if kind == LOAD:
            return int.from_bytes(self.memory[place], "little")
        if kind == READ:
            return bytes(self.memory[place])
        data = request[2] if kind == WRITE else request[3].to_bytes(length, "little")
        self.memory[place] = data
        return None


def run(payloads, bus=None, budget_ns=0, idle=()):
    """Run the traffic over a plain memory; the wall clock ticks 1 µs each time it is asked."""
    bus = bus or PlainBus()
    ticks = itertools.count(0, 1000)
    initiator = Initiator(
        payloads,
        budget_ns,
        clock_ns=lambda: next(ticks),
        cpu_ns=lambda: 0,
        clocks=lambda: bus.now,
        transactions=lambda: bus.transactions,
        idle=idle,
    )
    bus.run(initiator.software(), responder())
    return initiator, bus
