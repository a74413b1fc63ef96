# SPDX-License-Identifier: Apache-2.0
"""What a viewer is to show of a waveform, whichever viewer it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.viewers.groups import Group
from sim.viewers.markers import FIRST, Marker
from sim.viewers.value_names import ValueNames


@dataclass(frozen=True)
class View:
    """The file ``wave`` by its name, with groups of signals, markers and tables of value names.

    ``bits`` are the widths of the signals, ``tick_ns`` the unit that viewers count its time in.
    """

    wave: str
    groups: Sequence[Group]
    markers: Sequence[Marker]
    tables: Mapping[str, ValueNames]
    bits: Mapping[str, int]
    tick_ns: float

    def tick(self, time_ns: int) -> int:
        """Return a time as viewers count it."""
        return round(time_ns / self.tick_ns)

    @property
    def start(self) -> Marker | None:
        """Return the marker to begin at: the first message, or else the first there is."""
        named = (marker for marker in self.markers if marker.name == FIRST)
        return next(named, self.markers[0] if self.markers else None)
