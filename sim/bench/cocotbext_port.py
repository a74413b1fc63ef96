# SPDX-License-Identifier: Apache-2.0
"""A core port whose harts are masters of cocotbext-axi: a run's software on other masters.

Each request of a hart's software (sim/core.py) becomes one awaited call of an ``AxiMaster``, or a
wait of cocotb. What only records a run is left out: no event log, no names of threads, no account
of the clocks. Runs inside the simulator, on sim/bench/open_cluster in place of the core shells.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import First, Timer
from cocotb.utils import get_sim_time

from sim.bench.cocotbext_master import BusRefused, CocotbextMaster
from sim.bench.master_access import access
from sim.bench.traffic import WAIT
from sim.plain_software import plain_software

CLOCK_NS = 10
RESET_CLOCKS = 17  # of the simulation top, and the edge behind them

Callback = Callable[..., Any]


class CocotbextPort:
    """The core port of a simulation top with open AXI ports; has the functions of the others."""

    def __init__(self, _folder: str) -> None:
        top: Any = cocotb.top
        harts = top.soc.cluster.hart
        self._ports = [harts[number].port for number in range(len(harts))]
        self._lines = [bytearray(1) for _ in self._ports]
        self._mask = [bytearray(1) for _ in self._ports]
        self._fault: list[Callable[[int, int], BaseException]] = [BusRefused] * len(self._ports)
        self._watchers: list[dict[str, Callback]] = [{} for _ in self._ports]
        self._transactions = 0
        self._halted = False

    def configure(
        self, *, start: Callback, stop: Callback, exit: Callback, **_others: Callback | None
    ) -> None:
        """Set the callbacks (see :class:`sim.ports.ctypes_port.CtypesPort`); make the clock."""
        self._start, self._stop, self._exit = start, stop, exit
        top: Any = cocotb.top
        logging.getLogger("cocotb").setLevel(logging.WARNING)  # a line a burst would cost the most
        top.skip_i.value = 0
        Clock(top.clk_i, CLOCK_NS, "ns", impl="gpi").start()
        for number, port in enumerate(self._ports):
            master = CocotbextMaster(port, "s_axi", top.clk_i)
            cocotb.start_soon(self._follow_lines(number, port))
            cocotb.start_soon(self._hart(number, port, master))

    def attach(
        self,
        hart: int,
        lines: bytearray,
        mask: bytearray,
        fault: Callable[[int, int], BaseException],
        watchers: dict[str, Callback],
    ) -> None:
        """Set the hart's lines, its mask (see :class:`sim.core.Hart`), the exception type of a
        refused access, and what is called at events.
        """
        self._lines[hart] = lines
        self._mask[hart] = mask
        self._fault[hart] = fault
        self._watchers[hart] = watchers

    def now(self) -> int:
        """Return the clocks since the reset."""
        return max(0, int(get_sim_time("ns")) // CLOCK_NS - RESET_CLOCKS)

    def statistics(self) -> tuple[int, int, int, int, int]:
        """Return (clocks, bus transactions, 0, 0, 0): clocks are not told apart here."""
        return self.now(), self._transactions, 0, 0, 0

    def halt(self) -> None:
        """Give no hart another command."""
        self._halted = True

    def flush(self) -> None:
        """There are no records to hand over."""

    def thread(self, hart: int, name: str) -> None:
        """Nothing shows the name of a thread."""

    def event(self, hart: int, name: str, a: int = 0, b: int = 0) -> None:
        """Tell the event's watcher; there is no record stream to put it into."""
        watcher = self._watchers[hart].get(name)
        if watcher is not None:
            watcher(self.now(), a, b)

    def terminal_send(self, _number: int, data: bytes) -> int:
        """Take all bytes: nobody types on these serial lines."""
        return len(data)

    def set_skipping(self, on: bool) -> None:
        """Every clock is simulated, whatever is asked for."""

    async def _follow_lines(self, number: int, port: Any) -> None:
        while True:
            self._lines[number][0] = int(port.lines_i.value)
            await port.lines_i.value_change

    async def _hart(self, number: int, port: Any, master: CocotbextMaster) -> None:
        """Run the hart's software from each release of its reset to the end of its software."""
        while True:
            while port.run_i.value != 1 or self.now() == 0:
                await (port.run_i.value_change if port.run_i.value != 1 else Timer(CLOCK_NS, "ns"))
            software = self._start(number, int(port.boot_address_i.value))
            if software is not None:
                software = plain_software(software, self._lines[number], self._mask[number])
                await self._run(number, port, master, software)
            if port.run_i.value == 1:
                await port.run_i.value_change

    async def _run(self, number: int, port: Any, master: CocotbextMaster, software: Any) -> None:
        reply: Any = None
        error: BaseException | None = None
        while not self._halted:
            if port.run_i.value != 1:
                self._stop(number)
                return
            try:
                request = software.send(reply) if error is None else software.throw(error)
            except StopIteration:
                self._exit(number, None)
                return
            except BaseException as raised:
                self._exit(number, raised)
                return
            reply, error = None, None
            if request[0] == WAIT:
                reply = await self._wait(port, request[1], request[2])
                continue
            try:
                reply = await access(master, request)
            except BusRefused as refused:
                error = self._fault[number](request[1], refused.response)
            self._transactions += 1

    async def _wait(self, port: Any, clocks: int, mask: int) -> int:
        """Wait until the clocks are over or a line in ``mask`` is high; return the clocks left."""
        if clocks >= 0 and not mask:
            if clocks:
                await Timer(clocks * CLOCK_NS, "ns")
            return 0
        end = self.now() + clocks
        while not int(port.lines_i.value) & mask:
            if clocks < 0:
                await port.lines_i.value_change
            elif self.now() >= end:
                return 0
            else:
                left = Timer((end - self.now()) * CLOCK_NS, "ns")
                await First(left, port.lines_i.value_change)
        return max(0, end - self.now()) if clocks >= 0 else 0
