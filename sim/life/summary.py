# SPDX-License-Identifier: Apache-2.0
"""Latency of each stage over all messages, and where the mean, the p99 and the worst went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from hdrh.histogram import HdrHistogram

from sim.life.message import Ring
from sim.life.run import Life
from sim.life.stages import Stage, exchange_stages, message_stages

HIGHEST_NS = 3_600_000_000_000
"""Longest latency that a histogram takes, one hour."""
DIGITS = 3
"""Significant digits of a histogram's values."""


class Split(NamedTuple):
    """Simulated ns of a stage."""

    rtl: float
    profile: float
    waiting: float

    @property
    def total(self) -> float:
        """Return the sum."""
        return self.rtl + self.profile + self.waiting


_NOTHING = Split(0, 0, 0)


@dataclass
class StageFigures:
    """One stage over all paths that have it: ``total`` is the sum of its splits."""

    histogram: HdrHistogram = field(default_factory=lambda: HdrHistogram(1, HIGHEST_NS, DIGITS))
    total: Split = _NOTHING
    waiting: dict[str, float] = field(default_factory=dict)


@dataclass
class PathFigures:
    """Paths of one kind (an exchange, or the messages of one direction), in simulated ns.

    ``mean``, ``p99`` and ``worst`` say per stage where the time went: of the mean of all paths, and
    of the one path that stands at that place of the order.
    """

    name: str
    count: int
    latencies: list[int]
    stages: dict[str, StageFigures]
    mean: dict[str, Split]
    p99: dict[str, Split]
    worst: dict[str, Split]

    @property
    def mean_ns(self) -> float:
        """Return the mean latency."""
        return sum(self.latencies) / self.count

    def quantile(self, percent: int) -> int:
        """Return the smallest latency that is not exceeded by that share of all paths."""
        return self.latencies[max(0, -(-self.count * percent // 100) - 1)]


def summarise(life: Life) -> list[PathFigures]:
    """Return the figures of every kind of exchange and of both directions' arrived messages."""
    groups: dict[str, list[list[Stage]]] = {}
    for exchange in life.exchanges:
        groups.setdefault(f"{exchange.name} round trip", []).append(exchange_stages(life, exchange))
    for ring in (Ring.TO_RTOS, Ring.TO_LINUX):
        for message in life.messages:
            if message.ring is ring and message.arrived is not None:
                stages = message_stages(life, message)
                until = [stage for stage in stages if stage.end <= message.arrived]
                groups.setdefault(ring.arrow, []).append(until)
    return [_figures(name, paths, life.clock_ns) for name, paths in groups.items()]


def _figures(name: str, paths: Sequence[Sequence[Stage]], clock_ns: int) -> PathFigures:
    stages: dict[str, StageFigures] = {}
    for path in paths:
        for stage in path:
            figures = stages.setdefault(stage.name, StageFigures())
            figures.histogram.record_value(max(1, stage.clocks * clock_ns))
            split = _split(stage, clock_ns)
            figures.total = Split(*(a + b for a, b in zip(figures.total, split, strict=True)))
            for thread, clocks in stage.waiting.items():
                waited = figures.waiting.get(thread, 0) + clocks * clock_ns
                figures.waiting[thread] = waited
    ordered = sorted(paths, key=_clocks)
    count = len(ordered)
    p99 = ordered[max(0, -(-count * 99 // 100) - 1)]
    return PathFigures(
        name,
        count,
        [_clocks(path) * clock_ns for path in ordered],
        stages,
        {
            stage: Split(*(part / count for part in figures.total))
            for stage, figures in stages.items()
        },
        _splits(p99, clock_ns),
        _splits(ordered[-1], clock_ns),
    )


def _clocks(path: Iterable[Stage]) -> int:
    return sum(stage.clocks for stage in path)


def _splits(path: Iterable[Stage], clock_ns: int) -> dict[str, Split]:
    return {stage.name: _split(stage, clock_ns) for stage in path}


def _split(stage: Stage, clock_ns: int) -> Split:
    return Split(stage.rtl * clock_ns, stage.profile * clock_ns, stage.waited * clock_ns)
