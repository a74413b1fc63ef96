# SPDX-License-Identifier: Apache-2.0
"""The referee: is told of bus accesses, interrupt lines and resets, and has the rules look at them.

It is passive and knows nothing of what the two sides say about themselves. Who has a waveform, a
record stream or a bench of his own calls the same few methods, in the order of time.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace

from sim.boards.model import Board
from sim.referee import device_rules
from sim.referee.device import DRIVER_OK, VirtioDevice
from sim.referee.link import Link
from sim.referee.own_memory import OwnMemory
from sim.referee.ringing import Ringing
from sim.referee.setup import LinkSetup
from sim.referee.setup_of_board import setup_of
from sim.referee.violations import Report
from sim.referee.watch import PAGE_BITS, POLLED, Watch

RESPONSES = ("OKAY", "EXOKAY", "SLVERR", "DECERR")
WIDEST = 8
"""Bytes of the widest field."""


class Referee:
    """Follows the link of `setup`; `report` holds what it has found.

    All times are in ns. Masters are known by their numbers in `setup`. `fields[master][write]` is
    who looks at that master's accesses to single fields (:class:`Watch`).
    """

    def __init__(self, setup: LinkSetup) -> None:
        self.setup = setup
        self.report = Report()
        self.watch = Watch()
        self.link = Link(setup, self.watch, self.report)
        self._device: VirtioDevice | None = None
        if not setup.rings:
            self._device = VirtioDevice(
                setup.carveouts, self.report, self._status, self.link.set_ring
            )
        self._own = OwnMemory(setup, self.link, self._device, self.report)
        self._own.watch(self.watch)
        self._ringing = Ringing(setup, self.link, self._device)
        self._ringing.watch(self.watch)
        self.fields = {master: self.watch.fields[side] for master, side in setup.masters.items()}
        self._sides = dict(setup.masters)
        self._seen_ns = self.link.deadlines.seen_ns

    @classmethod
    def of_board(cls, board: Board, *, lines: bool = True) -> Referee:
        """Return the referee of a board's link; `lines`: it will be told of interrupt lines."""
        setup = setup_of(board)
        return cls(setup if lines else replace(setup, lines={}))

    # What it is told.

    def bus(
        self,
        time_ns: int,
        master: int,
        write: bool,
        address: int,
        data: bytes,
        *,
        response: int = 0,
    ) -> None:
        """An access of any length has ended, with this AXI response."""
        size = len(data)
        field = self.fields[master][write].get(address << 4 | size) if size <= WIDEST else None
        look = self.watch.pages.get(address >> PAGE_BITS)
        if field is None and look is None:
            return
        if response:
            # An access that failed has done nothing.
            self.report.time_ns, self.report.hart = time_ns, master
            self.report.add(device_rules.BUS_ERROR, address, RESPONSES[0], RESPONSES[response])
        elif field is None:
            self.memory(time_ns, master, write, address, data)
        elif field is not POLLED:
            self.at(time_ns, master)
            field[0](field[1], int.from_bytes(data, "little"))

    def at(self, time_ns: int, master: int) -> None:
        """A master is at work on the link: what is found next is its doing, at that time."""
        report = self.report
        report.time_ns, report.hart = time_ns, master
        self._seen_ns[self._sides[master]] = time_ns

    def memory(self, time_ns: int, master: int, write: int, address: int, data: bytes) -> None:
        """An access that is not to one field in its own size, and got no error."""
        look = self.watch.pages.get(address >> PAGE_BITS)
        if look is None:
            return
        report = self.report
        report.time_ns, report.hart = time_ns, master
        side = self._sides[master]
        if look != self._own.access:
            self._seen_ns[side] = time_ns
        look(side, bool(write), address, data)

    def line(self, time_ns: int, name: Hashable, high: bool) -> None:
        """An interrupt line goes up or down, one that `setup` names."""
        self.report.time_ns, self.report.hart = time_ns, None
        self._ringing.line(name, high)

    def reset(self, time_ns: int, master: int, running: bool) -> None:
        """A hart leaves reset (`running`) or is held in it."""
        self.report.time_ns = time_ns
        if master == self.setup.rtos_master and not running:
            self._link_down()

    @property
    def events(self) -> Iterable[str]:
        """The names of the events that matter."""
        return self.link.scoreboard.on_event

    def event(self, time_ns: int, master: int, name: str, first: int, second: int) -> None:
        """Software on a hart says what it does (docs/messages.md)."""
        look = self.link.scoreboard.on_event.get(name)
        if look is not None and self.link.live:
            self.report.time_ns, self.report.hart = time_ns, master
            look(self._sides[master], first, second)

    def finish(self, time_ns: int | None = None) -> None:
        """The run is over: what is late by then is a violation as well."""
        self.link.deadlines.run_ends(self.report.time_ns if time_ns is None else time_ns)

    # How the link comes and goes.

    def _status(self, status: int) -> None:
        """The status of the device was written."""
        if status & DRIVER_OK:
            self.link.up()
        elif status == 0:
            self._link_down()

    def _link_down(self) -> None:
        self.link.down(self._ringing.rtos_is_behind)
        if self._device is not None and self._device.table is not None:
            self.link.features = 0
        self._ringing.clear()
