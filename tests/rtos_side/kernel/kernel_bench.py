# SPDX-License-Identifier: Apache-2.0
# A kernel on a plain machine for one test: threads that write a log, run for so many ticks.

from bare_machine import PlainMachine, board

from rtos_side.kernel.kernel import Kernel
from rtos_side.kernel.thread import Thread

TICK = 100000  # cycles
RAM = 0x6E400000


class Bench:
    def __init__(self, cost=10, **changes):
        self.machine = PlainMachine(board(cost, **changes))
        self.ram = self.machine.map_ram(RAM, 0x1000)
        self.kernel = Kernel(self.machine.hart, self.machine.board)
        self.log = []
        self.threads = []
        self._before = []
        self._top = None

    # A thread that starts with the scheduler; of equal priorities the last one made runs first.
    def thread(self, name, entry, priority=10, tick=20, args=()):
        thread = Thread(self.kernel, name, entry, 2048, priority, tick, args)
        self.threads.append(thread)
        return thread

    # Run the kernel for so many ticks more.
    def run(self, ticks=20):
        self.run_cycles(ticks * TICK)

    def run_cycles(self, cycles):
        if self._top is None:
            self._top = self.kernel.run(self._main)
        self.machine.run(self._top, until_cycles=self.machine.cycle + cycles)

    async def _main(self):
        for thread in self.threads:
            await thread.startup()

    def note(self, *what):
        self.log.append(what[0] if len(what) == 1 else what)

    # The log, and empty it.
    def taken(self):
        log = self.log
        self.log = []
        return log
