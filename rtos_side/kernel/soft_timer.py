# SPDX-License-Identifier: Apache-2.0
# The thread "timer", in which the functions of soft timers run.

from rtos_side.hal import const
from rtos_side.kernel.thread import Thread

NAME = "timer"
STACK_SIZE = const(16384)
PRIORITY = const(4)
SLICE = const(10)


class TimerThread:
    def __init__(self, kernel):
        self._kernel = kernel
        self._thread = None
        self._sleeping = False

    async def start(self):
        kernel = self._kernel
        self._thread = Thread(kernel, NAME, self._entry, STACK_SIZE, PRIORITY, SLICE)
        await self._thread.startup()

    # A timer was started, and it may be the first to fire. While a timer's function runs, or waits
    # for something, the thread looks at the list afterwards anyway.
    async def wake(self):
        if self._thread is not None and self._sleeping:
            await self._thread.resume()

    async def _entry(self):
        kernel = self._kernel
        timers = kernel.soft_timers
        while True:
            delay = timers.next_delay()
            if delay != 0:
                self._sleeping = True
                await kernel.delay(-1 if delay is None else delay)
                self._sleeping = False
            await timers.check()
