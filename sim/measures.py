# SPDX-License-Identifier: Apache-2.0
"""Latencies measured in simulated time, and what each was made of."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Split(NamedTuple):
    """Clocks by what the harts did: see ``core_account`` in sim/native/core_port.h."""

    bus: int
    cpu: int
    idle: int

    def since(self, start: Split) -> Split:
        """Return what was added after ``start``."""
        return Split(self.bus - start.bus, self.cpu - start.cpu, self.idle - start.idle)


NOTHING = Split(0, 0, 0)


@dataclass
class Measure:
    """Samples of one latency in clocks, with the sum of their splits.

    ``clock_ns`` is the length of a clock. A sample without a split counts no split.
    """

    name: str
    clock_ns: int
    samples: array[int] = field(default_factory=lambda: array("Q"))
    total: Split = NOTHING
    split_samples: int = 0

    def add(self, clocks: int, split: Split | None = None) -> None:
        """Take one sample."""
        self.samples.append(clocks)
        if split is not None:
            bus, cpu, idle = self.total
            self.total = Split(bus + split.bus, cpu + split.cpu, idle + split.idle)
            self.split_samples += 1

    def counted(self) -> list[tuple[int, int]]:
        """Return the samples in ascending order as (ns, how often)."""
        return sorted((clocks * self.clock_ns, n) for clocks, n in Counter(self.samples).items())

    def summary(self) -> dict[str, Any]:
        """Return count, min, mean, p50, p99 and max in ns; the mean split in ns where known.

        Quantiles are exact: the smallest sample that is not exceeded by that share of all samples.
        """
        ordered = sorted(self.samples)
        count = len(ordered)
        if not count:
            return {"count": 0}
        result: dict[str, Any] = {
            "count": count,
            "min": ordered[0] * self.clock_ns,
            "mean": round(sum(ordered) * self.clock_ns / count, 1),
            "p50": ordered[_rank(count, 50)] * self.clock_ns,
            "p99": ordered[_rank(count, 99)] * self.clock_ns,
            "max": ordered[-1] * self.clock_ns,
        }
        if self.split_samples:
            result["of_mean"] = {
                part: round(clocks * self.clock_ns / self.split_samples, 1)
                for part, clocks in zip(("rtl", "profile", "idle"), self.total, strict=True)
            }
        return result


def _rank(count: int, percent: int) -> int:
    return max(0, -(-count * percent // 100) - 1)
