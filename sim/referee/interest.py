# SPDX-License-Identifier: Apache-2.0
"""What accesses matter to the referee at all, as intervals of addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sim.referee.side import Side
from sim.referee.watch import ALL, POLLED, Watch

Spot = tuple[int, int, int]
"""First address, the one behind the last, and who wants what is done there."""


class Interval(NamedTuple):
    """Addresses `first` to `last`; bit 2 * master + write of `wanted` says whose access matters."""

    first: int
    last: int
    wanted: int


def intervals(watch: Watch, masters: Mapping[int, Side]) -> list[Interval]:
    """Return all that matters, in ascending order and without overlap."""
    bits = dict.fromkeys(ALL, 0)
    for master, side in masters.items():
        for write in (False, True):
            bits[side, write] |= 1 << 2 * master + write
    fields, polled = _fields(watch, bits)
    regions = [
        (region.start, region.stop, sum(bits[want] for want in wants))
        for region, wants in watch.regions
    ]
    return list(_joined(_disjoint(regions, polled, fields)))


def _fields(watch: Watch, bits: Mapping[tuple[Side, bool], int]) -> tuple[list[Spot], list[Spot]]:
    """Return the fields that somebody looks at, and those whose values tell nothing.

    A look at nothing but the latter matters to nobody, whatever its size.
    """
    fields: list[Spot] = []
    polled: list[Spot] = []
    for side, tables in watch.fields.items():
        for write, looks in enumerate(tables):
            wanted = bits[side, bool(write)]
            for key, look in looks.items():
                first, size = key >> 4, key & 15
                (polled if look is POLLED else fields).append((first, first + size, wanted))
    return fields, polled


def _disjoint(
    regions: list[Spot], polled: list[Spot], fields: list[Spot]
) -> Iterator[tuple[int, int]]:
    """Yield in ascending order where something else is wanted, and what: regions less what is
    polled, and fields."""
    edges = sorted(
        {edge for spots in (regions, polled, fields) for spot in spots for edge in spot[:2]}
    )
    position = {edge: number for number, edge in enumerate(edges)}
    wanted_from = [0] * len(edges)
    for first, end, wanted in regions:
        for number in range(position[first], position[end]):
            wanted_from[number] |= wanted
    for first, end, unwanted in polled:
        for number in range(position[first], position[end]):
            wanted_from[number] &= ~unwanted
    for first, end, wanted in fields:
        for number in range(position[first], position[end]):
            wanted_from[number] |= wanted
    return zip(edges, wanted_from, strict=True)


def _joined(steps: Iterator[tuple[int, int]]) -> Iterator[Interval]:
    """Join what touches and is wanted alike."""
    begin, before = 0, 0
    for edge, wanted in steps:
        if wanted != before:
            if before:
                yield Interval(begin, edge - 1, before)
            begin, before = edge, wanted
