# SPDX-License-Identifier: Apache-2.0
"""The ratios a report shows: who is how many times faster, and what an option costs."""

from __future__ import annotations

from collections.abc import Iterator

from sim.bench.figures import Figures, Name, Ratio
from sim.bench.full_stack import MASTERS, MICROPYTHON, WAVES
from sim.bench.measure import CPU_ROUND_TRIPS, EVERY_CLOCK, IDLE, SKIPPING
from sim.bench.stack_steps import (
    STACK_CPU,
    STACK_PEAK,
    STACK_ROUND_TRIPS,
    STACK_WALL,
    STACK_WHOLE,
)
from sim.bench.ways import BENCH, COCOTB, COCOTBEXT, CPP, CTYPES, NAIVE, SOC


def ratios(figures: Figures) -> list[Ratio]:
    """Return every ratio that the figures allow, each larger than 1 when the bench does well
    against others, or when an option costs.

    Round trips are compared by the CPU time of the simulators' processes: all of them keep one core
    busy, and what else the machine is doing does not come into it.
    """
    found = [
        *_ways(figures),
        *_options(figures),
        *_idle(figures),
        *_memory(figures),
        *_stack(figures),
    ]
    return [
        figures.ratio(name, above, below)
        for name, above, below in found
        if above in figures and below in figures
    ]


OURS = "1000 messages"  # the run next to which the one on masters is taken
_Pair = tuple[str, Name, Name]
_OTHERS = (
    (COCOTBEXT, "cocotbext-axi"),
    (NAIVE, "edge by edge"),
    (CTYPES, "the ctypes port"),
    (COCOTB, "the cocotb port"),
)


def _ways(figures: Figures) -> Iterator[_Pair]:
    for name in list(figures.names(CPU_ROUND_TRIPS)):
        if name.subject != BENCH.key:
            continue
        for other, text in _OTHERS:
            below = name._replace(subject=other.key)
            if below in figures:
                yield f"times as fast as {text}", name, below
        limit = name._replace(subject=CPP.key)
        if limit in figures:
            yield "times the time of the C++ harness", limit, name


def _options(figures: Figures) -> Iterator[_Pair]:
    for name in list(figures.names(CPU_ROUND_TRIPS)):
        payload, comma, variant = name.parameter.partition(", ")
        plain = name._replace(parameter=payload)
        if comma and plain in figures:
            yield f"times slower with {variant}", plain, name


def _idle(figures: Figures) -> Iterator[_Pair]:
    for name in list(figures.names(IDLE)):
        if name.parameter != SKIPPING:
            continue
        every = name._replace(parameter=EVERY_CLOCK)
        yield "times faster when clocks are left out", every, name
        if name.subject == SOC.key:
            continue
        stock = every._replace(subject=NAIVE.key)
        if name.subject == BENCH.key and stock in figures:
            yield "times faster than cocotb's clock", stock, name


def _memory(figures: Figures) -> Iterator[_Pair]:
    for simulator in dict.fromkeys(name.simulator for name in figures.names(STACK_PEAK)):
        plain = [name for name in figures.names(STACK_PEAK, simulator) if "," not in name.parameter]
        names = sorted(plain, key=_messages)
        if len(names) > 1:
            title = f"times the memory of {names[0].parameter}"
            yield title, names[-1], names[0]


def _stack(figures: Figures) -> Iterator[_Pair]:
    """Compare a run with others like it: on other masters, or with an option."""
    for name in list(figures.names(STACK_CPU)):
        count, comma, kind = name.parameter.partition(", ")
        plain = name._replace(parameter=count)
        if kind == MASTERS:
            ours = figures.names(STACK_CPU, name.simulator)
            plain = next((n for n in ours if n.parameter == OURS), plain)
            if plain in figures:
                yield "full stack: times as fast as on cocotbext-axi", plain, name
        elif kind == MICROPYTHON and plain in figures:
            yield from _micropython(name, plain)
        elif comma and plain in figures:
            yield f"full stack: times slower with {kind}", plain, name
            if kind == WAVES:
                for group, what in ((STACK_WALL, "time"), (STACK_WHOLE, "CPU time")):
                    whole = [item._replace(group=group, unit="s") for item in (name, plain)]
                    yield f"whole run: times the {what} with waves and lanes", whole[0], whole[1]


def _micropython(name: Name, plain: Name) -> Iterator[_Pair]:
    """Compare by wall time: while one of its two processes computes, the other one looks for it."""
    rates = [item._replace(group=STACK_ROUND_TRIPS) for item in (plain, name)]
    yield f"full stack: times slower with {MICROPYTHON}", rates[0], rates[1]
    whole = [item._replace(group=STACK_WALL, unit="s") for item in (name, plain)]
    yield f"whole run: times the time with {MICROPYTHON}", whole[0], whole[1]


def _messages(name: Name) -> int:
    return int(name.parameter.split()[0])
