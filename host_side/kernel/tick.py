# SPDX-License-Identifier: Apache-2.0
"""Time: the 100 Hz tick with its seeded softirq, and high-resolution sleeps, from the CLINT."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from heapq import heappop, heappush
from random import Random

from host_side.kernel.cpu import Cpu
from host_side.kernel.interrupts import IrqRow
from host_side.kernel.requests import schedule
from host_side.kernel.scheduler import Scheduler
from host_side.kernel.timers import NS_PER_JIFFY, TimerWheel
from host_side.sbi import Sbi


class Tick:
    """The clock event device of the boot CPU (row ``riscv-timer``).

    The softirq cost of each tick is uniform between ``tick_softirq_min`` and ``tick_softirq_max``
    cycles, drawn from ``rng``; softirqs run with interrupts on, after the hard interrupt returned.
    """

    def __init__(
        self,
        cpu: Cpu,
        sbi: Sbi,
        scheduler: Scheduler,
        wheel: TimerWheel,
        row: IrqRow,
        *,
        timebase_hz: int,
        now_ns: Callable[[], int],
        rng: Random,
    ) -> None:
        self._cpu = cpu
        self._sbi = sbi
        self._scheduler = scheduler
        self._wheel = wheel
        self._row = row
        self._hz = timebase_hz
        self._now_ns = now_ns
        self._rng = rng
        self._base_ns = self._base_mtime = 0
        self._next_tick = 0
        self._sleepers: list[tuple[int, int, Callable[[], Awaitable[None] | None]]] = []
        self._serial = 0
        self._in_interrupt = False
        self.softirq_pending = False

    async def start(self) -> None:
        """Find out how mtime stands to the clock and ask for the first tick."""
        self._base_ns = self._now_ns()
        self._base_mtime = await self._sbi.read_time()
        self._next_tick = self._now_ns() + NS_PER_JIFFY
        await self._program()

    async def interrupt(self) -> None:
        """S-mode timer interrupt: due timers and sleepers, then the tick if it is due."""
        self._row.counts[self._cpu.number] += 1
        now = self._now_ns()
        self._in_interrupt = True
        while self._sleepers and self._sleepers[0][0] <= now:
            running = heappop(self._sleepers)[2]()
            if running is not None:
                await running
        self._in_interrupt = False
        if now >= self._next_tick:
            await self._cpu.spend("tick")
            while now >= self._next_tick:
                self._wheel.jiffies += 1
                self._next_tick += NS_PER_JIFFY
            self._scheduler.tick()
            self.softirq_pending = True
        await self._program()

    async def softirq(self) -> None:
        """Deferred part of the tick: its seeded span of CPU time, then the timer wheel."""
        self.softirq_pending = False
        costs = self._cpu.costs
        await self._cpu.spend_cycles(
            self._rng.randint(costs["tick_softirq_min"], costs["tick_softirq_max"])
        )
        self._wheel.run()

    async def sleep_ns(self, ns: int) -> None:
        """High-resolution sleep of the calling task (clock_nanosleep), at least ``ns``."""
        task = self._scheduler.current
        assert task is not None
        deadline = self._now_ns() + ns
        done = False

        def expire() -> None:
            nonlocal done
            done = True
            self._scheduler.wake(task)

        await self._add(deadline, expire)
        task.until = self._wheel.jiffies - (-ns // NS_PER_JIFFY)
        while not done:
            task.sleeping = True
            await schedule()
        task.sleeping = False
        task.until = None

    async def start_hrtimer(self, ns: int, expire: Callable[[], Awaitable[None]]) -> None:
        """hrtimer_start(): ``await expire()`` in the timer interrupt, ``ns`` from now."""
        await self._add(self._now_ns() + ns, expire)

    async def _add(self, deadline: int, expire: Callable[[], Awaitable[None] | None]) -> None:
        self._serial += 1
        heappush(self._sleepers, (deadline, self._serial, expire))
        # The interrupt programs the next event itself, when all that is due has been called.
        first = self._sleepers[0][0] == deadline
        if first and deadline < self._next_tick and not self._in_interrupt:
            await self._program()

    async def _program(self) -> None:
        due = self._next_tick
        if self._sleepers:
            due = min(due, self._sleepers[0][0])
        await self._sbi.set_timer(self._mtime(due))

    def _mtime(self, ns: int) -> int:
        """The first mtime that is surely not before ``ns``.

        At ``base_ns``, before it was read, mtime had not reached ``base_mtime + 1``.
        """
        ticks = -((self._base_ns - ns) * self._hz // 1_000_000_000)
        return self._base_mtime + ticks + 1
