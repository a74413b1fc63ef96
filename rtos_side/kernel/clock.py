# SPDX-License-Identifier: Apache-2.0
# The tick: a count of timer interrupts, and the timer that makes them.

from rtos_side.kernel.timer_list import TICK_MASK


class Clock:
    def __init__(self, hart, board):
        self.tick = 0
        self.tick_hz = board["tick_hz"]
        # mtime count of the next tick, as last given to the SBI.
        self.deadline = 0
        self._hart = hart
        self._timebase_hz = board["timebase_hz"]
        self._clock_hz = board["clock_hz"]
        self._period = board["timebase_hz"] // board["tick_hz"]

    # rdtime: mtime counts from reset.
    def time(self):
        return self._hart.now() * self._timebase_hz // self._clock_hz

    # The deadline of the tick after this one. As in the port (tick_isr) it counts from now, not
    # from the last deadline: each tick is late by the time it took to get here.
    def next_deadline(self):
        self.deadline = self.time() + self._period
        return self.deadline

    def advance(self):
        self.tick = (self.tick + 1) & TICK_MASK

    # rt_tick_from_millisecond: rounded up; negative means for ever.
    def ticks(self, ms):
        if ms < 0:
            return -1
        return self.tick_hz * (ms // 1000) + (self.tick_hz * (ms % 1000) + 999) // 1000
