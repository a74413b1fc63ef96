# SPDX-License-Identifier: Apache-2.0
"""Latency of each stage over all messages, and where the mean, the p99 and the worst went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from hdrh.histogram import HdrHistogram

from sim.life.message import Exchange, Message, Ring
from sim.life.run import Life
from sim.life.stages import Stage, exchange_stages, message_stages

HIGHEST_NS = 3_600_000_000_000
"""Longest latency that a histogram takes, one hour."""
DIGITS = 3
"""Significant digits of a histogram's values."""

Path = Exchange | Message
"""What takes its way through stages."""


class Split(NamedTuple):
    """Simulated ns of a stage."""

    rtl: float
    profile: float
    waiting: float

    @property
    def total(self) -> float:
        """Return the sum."""
        return self.rtl + self.profile + self.waiting


class StageFigures:
    """One stage over all paths that have it."""

    def __init__(self, clock_ns: int) -> None:
        self._clock_ns = clock_ns
        self._counts: dict[int, int] = {}
        self._rtl = self._profile = 0
        self._waiting: dict[str, int] = {}

    def add(self, stage: Stage) -> None:
        """Take the stage of one path."""
        clocks = stage.end - stage.begin
        self._counts[clocks] = self._counts.get(clocks, 0) + 1
        self._rtl += stage.rtl
        self._profile += stage.profile
        for what, waited in stage.waiting.items():
            self._waiting[what] = self._waiting.get(what, 0) + waited

    @cached_property
    def histogram(self) -> HdrHistogram:
        """Return the latencies in ns; 1 ns stands for none."""
        histogram = HdrHistogram(1, HIGHEST_NS, DIGITS)
        for clocks, count in self._counts.items():
            histogram.record_value(max(1, clocks * self._clock_ns), count)
        return histogram

    @property
    def total(self) -> Split:
        """Return the sum of the splits of all paths."""
        parts = (self._rtl, self._profile, sum(self._waiting.values()))
        return Split(*(part * self._clock_ns for part in parts))

    @property
    def waiting(self) -> dict[str, int]:
        """Return the ns that all paths waited, by what they waited for."""
        return {what: clocks * self._clock_ns for what, clocks in self._waiting.items()}


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
    groups = path_groups(life)
    return [_figures(name, paths, life) for name, paths in groups.items() if paths]


def path_groups(life: Life) -> dict[str, list[Path]]:
    """Return the paths by the name of their kind, in the order of their beginning."""
    groups: dict[str, list[Path]] = {}
    for exchange in life.exchanges:
        groups.setdefault(f"{exchange.name} round trip", []).append(exchange)
    for ring in (Ring.TO_RTOS, Ring.TO_LINUX):
        groups[ring.arrow] = [
            message
            for message in life.messages
            if message.ring is ring and message.arrived is not None
        ]
    return groups


def path_stages(life: Life, path: Path) -> list[Stage]:
    """Return the stages of a round trip, or of a message up to its arrival."""
    if isinstance(path, Exchange):
        return exchange_stages(life, path)
    arrived = path.arrived
    assert arrived is not None
    return [stage for stage in message_stages(life, path) if stage.end <= arrived]


def _figures(name: str, paths: Sequence[Path], life: Life) -> PathFigures:
    """Go through the paths once and keep sums: there may be more stages than fit into memory."""
    clock_ns = life.clock_ns
    stages: dict[str, StageFigures] = {}
    for path in paths:
        for stage in path_stages(life, path):
            figures = stages.get(stage.name)
            if figures is None:
                figures = stages[stage.name] = StageFigures(clock_ns)
            figures.add(stage)
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
        _splits(path_stages(life, p99), clock_ns),
        _splits(path_stages(life, ordered[-1]), clock_ns),
    )


def _clocks(path: Path) -> int:
    latency = path.latency
    assert latency is not None
    return latency


def _splits(path: Iterable[Stage], clock_ns: int) -> dict[str, Split]:
    return {stage.name: _split(stage, clock_ns) for stage in path}


def _split(stage: Stage, clock_ns: int) -> Split:
    return Split(stage.rtl * clock_ns, stage.profile * clock_ns, stage.waited * clock_ns)
