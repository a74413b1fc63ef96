# SPDX-License-Identifier: Apache-2.0
"""What accesses matter to the referee at all, as intervals of addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sim.referee.side import Side
from sim.referee.watch import ALL, POLLED, Watch


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
    return list(_disjoint(sorted(_spots(watch, bits))))


def _spots(watch: Watch, bits: Mapping[tuple[Side, bool], int]) -> Iterator[tuple[int, int, int]]:
    """Yield (first, end, wanted) of each field and of each region."""
    for side, tables in watch.fields.items():
        for write, fields in enumerate(tables):
            wanted = bits[side, bool(write)]
            for key, look in fields.items():
                if look is not POLLED:
                    yield key >> 4, (key >> 4) + (key & 15), wanted
    for region, wants in watch.regions:
        yield region.start, region.stop, sum(bits[want] for want in wants)


def _disjoint(spots: list[tuple[int, int, int]]) -> Iterator[Interval]:
    """Cut what overlaps, join what touches and is wanted alike; `spots` are sorted."""
    edges = sorted({edge for first, end, _ in spots for edge in (first, end)})
    wanted_from = dict.fromkeys(edges, 0)
    position = {edge: number for number, edge in enumerate(edges)}
    for first, end, wanted in spots:
        for number in range(position[first], position[end]):
            wanted_from[edges[number]] |= wanted
    begin, before = 0, 0
    for edge in edges:
        wanted = wanted_from[edge]
        if wanted != before:
            if before:
                yield Interval(begin, edge - 1, before)
            begin, before = edge, wanted
