# SPDX-License-Identifier: Apache-2.0
"""The observers in the RTL (hdl_models/observers) through plain signals, for the port that has no
other way: reads at a falling edge what they would report by calls at the next edge."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

_BUSES = ("observe_memory0", "observe_memory1", "observe_registers")
_LINES = "observe_lines"
_WORD, _PLACE, _DATA, _ADDRESS, _NUMBER = 32, 64, 64, 32, 4
_READS, _WRITES = range(2)
_BEAT, _LAST = 1, 2  # events of a direction

Wake = tuple[Any, Callable[[], None]]
"""A signal that changes when there is something to report, and what reports it."""


def observers(soc: Any, library: Any) -> list[Wake]:
    """Return what wakes up the observers of a design: those of these names that it has."""
    buses = [getattr(soc, name) for name in _BUSES if hasattr(soc, name)]
    wakes = [wake for bus in buses for wake in BusObserver(bus, library).wakes()]
    if hasattr(soc, _LINES):
        lines = LineObserver(getattr(soc, _LINES), library)
        wakes.append((lines.wake, lines.report))
    return wakes


class _Observer:
    def __init__(self, handle: Any, library: Any) -> None:
        self._handle = handle
        self._library = library
        self.wake = handle.wake_q

    def _read(self, name: str) -> int:
        """Return a signal; unknown bits are 0, as in a two-state simulator."""
        return int(getattr(self._handle, name).value.resolve("zeros"))


class BusObserver(_Observer):
    """axi_observer or apb_observer."""

    def wakes(self) -> list[Wake]:
        """Return the signals: one of the writes and one of the reads, where these go on at once."""
        if not hasattr(self._handle, "wake_read_q"):
            return [(self.wake, self.report)]
        return [(self.wake, self.writes), (self._handle.wake_read_q, self.reads)]

    def report(self) -> None:
        """Make the calls of this clock."""
        self.writes()
        self.reads()

    def writes(self) -> None:
        """Make the calls of the writes."""
        self._report(_WRITES)

    def reads(self) -> None:
        """Make the calls of the reads."""
        self._report(_READS)

    @cached_property
    def _channel(self) -> int:
        return self._read("channels")  # a constant, but not before time 0 is over

    def _report(self, write: int) -> None:
        events = self._read("events") >> 2 * write
        channel = self._channel + write
        if events & _BEAT:
            data = self._field("beats", write, _DATA)
            strobes = self._read("strobes") if write else 0
            self._library.core_port_observed_beat(channel, data, strobes)
        if events & _LAST:
            place = self._field("places", write, _PLACE)
            about = self._field("abouts", write, _WORD)
            data = self._field("lasts", write, _DATA)
            self._library.core_port_observed(channel, self._read("cycle"), place, about, data)

    def _field(self, name: str, index: int, width: int) -> int:
        return self._read(name) >> index * width & ((1 << width) - 1)


class LineObserver(_Observer):
    """line_observer."""

    def report(self) -> None:
        """Make the calls of this clock."""
        changed = self._read("changed")
        clock, levels = self._read("cycle"), self._read("levels")
        lines, addresses = self._read("numbers"), self._read("addresses")
        for index in range(changed.bit_length()):
            if changed >> index & 1:
                address = addresses >> index * _ADDRESS & 0xFFFF_FFFF
                line = lines >> index * _NUMBER & 0xF
                level = levels >> index & 1
                self._library.core_port_observed_line(index, clock, address, line, level)
