# SPDX-License-Identifier: Apache-2.0
"""Cuts what was observed into the steps of the comparison, by the rest between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sim.conformance.observed import Sight
from sim.conformance.steps import GAP_NS, STEPS, Step
from sim.errors import AmpsimError


def cut(sights: Iterable[Sight], steps: Sequence[Step] = STEPS) -> list[list[Sight]]:
    """Return the sights of each step; AmpsimError where there are too few rests."""
    parts: list[list[Sight]] = [[]]
    last = None
    for sight in sights:
        rested = last is not None and sight.time_ns - last > GAP_NS
        if rested and len(parts) < len(steps):
            parts.append([])
        parts[-1].append(sight)
        last = sight.time_ns
    if len(parts) != len(steps):
        raise AmpsimError(f"expected {len(steps)} steps in the records, found {len(parts)}")
    return parts
