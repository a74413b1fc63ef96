# SPDX-License-Identifier: Apache-2.0
"""The observers in the RTL (hdl_models/observers) through plain signals, for the port that has no
other way: reads at a falling edge what they would have reported by calls."""

from __future__ import annotations

from typing import Any

_BUSES = ("observe_memory0", "observe_memory1", "observe_registers")
_LINES = "observe_lines"
_WORD, _PLACE, _DATA, _ADDRESS, _NUMBER = 32, 64, 64, 32, 4
# Events of a bus observer: (bit, writes, last beat), in the order of the calls.
_EVENTS = ((2, 1, False), (3, 1, True), (0, 0, False), (1, 0, True))


def observers(soc: Any, library: Any) -> list[BusObserver | LineObserver]:
    """Return the observers of a SoC: each has those of these names."""
    buses = [BusObserver(getattr(soc, name), library) for name in _BUSES]
    return [*buses, LineObserver(getattr(soc, _LINES), library)]


class _Observer:
    def __init__(self, handle: Any, library: Any) -> None:
        self.wakes = [handle.wake_q]
        if hasattr(handle, "wake_read_q"):
            self.wakes.append(handle.wake_read_q)
        self._handle = handle
        self._library = library

    def _read(self, name: str) -> int:
        """Return a signal; unknown bits are 0, as in a two-state simulator."""
        return int(getattr(self._handle, name).value.resolve("zeros"))


class BusObserver(_Observer):
    """axi_observer or apb_observer."""

    def report(self, clock: int) -> bool:
        """Make the calls of this clock; tell whether there were any."""
        events = self._read("events")
        for bit, write, last in _EVENTS:
            if not events >> bit & 1:
                continue
            channel = self._read("channels") + write
            if last:
                place = self._field("places", write, _PLACE)
                about = self._field("abouts", write, _WORD)
                data = self._field("lasts", write, _DATA)
                self._library.core_port_observed(channel, clock, place, about, data)
            else:
                data = self._field("beats", write, _DATA)
                self._library.core_port_observed_beat(channel, data, self._read("strobes"))
        return bool(events)

    def _field(self, name: str, index: int, width: int) -> int:
        return self._read(name) >> index * width & ((1 << width) - 1)


class LineObserver(_Observer):
    """line_observer."""

    def report(self, clock: int) -> bool:
        """Make the calls of this clock; tell whether there were any."""
        changed = self._read("changed")
        if not changed:
            return False
        levels, lines = self._read("levels"), self._read("numbers")
        addresses = self._read("addresses")
        for index in range(changed.bit_length()):
            if changed >> index & 1:
                address = addresses >> index * _ADDRESS & 0xFFFF_FFFF
                line = lines >> index * _NUMBER & 0xF
                level = levels >> index & 1
                self._library.core_port_observed_line(index, clock, address, line, level)
        return True
