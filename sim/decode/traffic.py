# SPDX-License-Identifier: Apache-2.0
"""All accesses, resets and interrupt lines of a waveform, in the order of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from sim.decode.apb import apb_accesses
from sim.decode.axi import AxiSignals, axi_accesses
from sim.decode.bus_access import BusAccess
from sim.decode.signal_map import BusMap, SignalMap
from sim.decode.waveform import WaveFile
from sim.referee.side import Side


class Reset(NamedTuple):
    """A hart has left reset (``running``) or is held in it."""

    time_ns: int
    hart: int
    running: bool


class LineEdge(NamedTuple):
    """The interrupt line that a side's doorbell raises has changed."""

    time_ns: int
    side: Side
    high: bool


Happening = BusAccess | Reset | LineEdge


@dataclass(frozen=True)
class Traffic:
    """What was seen. ``begin_ns`` and ``end_ns`` are those of the waveform's own signals."""

    accesses: list[BusAccess]
    resets: list[Reset]
    lines: list[LineEdge]
    begin_ns: int
    end_ns: int

    def happenings(self) -> Iterator[Happening]:
        """Yield everything in order, lines first at one time."""
        merged: list[Happening] = [*self.lines, *self.accesses, *self.resets]
        merged.sort(key=lambda item: item.time_ns)  # stable: in this order at equal times
        yield from merged


def read_traffic(wave: WaveFile, names: SignalMap) -> Traffic:
    """Return what the mapped signals of a waveform show."""
    accesses: list[BusAccess] = []
    begin, end = [], []
    for bus in names.buses:
        found, first, last = _bus(wave, bus)
        accesses += found
        begin.append(first)
        end.append(last)
    if len(names.buses) > 1:
        accesses.sort(key=lambda access: (access.time_ns, access.hart))
    resets = [
        Reset(time, hart, bool(bit)) for time, hart, bit in _bits(wave, names.running) if time
    ]
    lines = [
        LineEdge(time, side, bool(high))
        for side, signal in names.doorbells.items()
        for time, bit, high in _bits(wave, signal.name)
        if bit == signal.bit
    ]
    return Traffic(accesses, resets, lines, min(begin), max(end))


def _bus(wave: WaveFile, bus: BusMap) -> tuple[list[BusAccess], int, int]:
    """Return the accesses of a bus, and the times of its first and last sample."""
    traces = {name: wave.trace(path) for name, path in bus.signals.items()}
    write_clock = wave.trace(bus.write_clock)
    same = bus.read_clock == bus.write_clock
    read_clock = write_clock if same else wave.trace(bus.read_clock)
    samples = [trace.times for trace in (*traces.values(), write_clock, read_clock)]
    first = min((int(times[0]) for times in samples if len(times)), default=0)
    last = max((int(times[-1]) for times in samples if len(times)), default=0)
    edges = write_clock.rising()
    if bus.kind == "apb":
        return apb_accesses(traces, edges, bus.hart), first, last
    lanes = max(wave.bits(bus.signals["wdata"]) // 8, 1)
    signals = AxiSignals(traces, edges, edges if same else read_clock.rising(), lanes)
    with_ids = "awid" in traces and "arid" in traces
    hart_of = bus.hart_of if with_ids else lambda _number: bus.hart
    return axi_accesses(signals, hart_of), first, last


def _bits(wave: WaveFile, name: str | None) -> Iterator[tuple[int, int, int]]:
    """Yield (time, bit, value) of the bits of a vector that have changed."""
    if name is None:
        return
    width, old = wave.bits(name), 0
    for time, value in wave.changes(name):
        if not isinstance(value, int):
            continue
        for bit in range(width):
            if (value ^ old) >> bit & 1:
                yield time, bit, value >> bit & 1
        old = value
