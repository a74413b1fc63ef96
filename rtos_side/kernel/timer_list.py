# SPDX-License-Identifier: Apache-2.0
# Running timers in the order in which they fire: one list for the tick, one for the timer thread.
#
# Ticks count modulo 2^32; of two ticks the later one is less than half the range ahead.

from rtos_side.hal import const

TICK_MASK = const(0xFFFFFFFF)
TICK_HALF = const(0x7FFFFFFF)


def _later(tick, other):
    return 0 < (tick - other) & TICK_MASK < TICK_HALF


class TimerList:
    def __init__(self, clock):
        self._clock = clock
        self._timers = []

    # Put a timer behind all that fire before it or at the same tick.
    def insert(self, timer):
        timers = self._timers
        timeout = (self._clock.tick + timer.init_tick) & TICK_MASK
        timer.timeout_tick = timeout
        position = len(timers)
        while position and _later(timers[position - 1].timeout_tick, timeout):
            position -= 1
        timers.insert(position, timer)

    def remove(self, timer):
        if timer in self._timers:
            self._timers.remove(timer)

    # Ticks until the first timer fires, 0 if it is due, None without timers.
    def next_delay(self):
        if not self._timers:
            return None
        delay = (self._timers[0].timeout_tick - self._clock.tick) & TICK_MASK
        return delay if delay < TICK_HALF else 0

    # rt_timer_check: fire what is due. A periodic timer starts anew after its function, counted
    # from the tick of that moment, unless the function has stopped or restarted it.
    async def check(self):
        timers = self._timers
        while timers:
            timer = timers[0]
            if (self._clock.tick - timer.timeout_tick) & TICK_MASK >= TICK_HALF:
                return
            timers.pop(0)
            timer.firing = True
            if not timer.periodic:
                timer.active = False
            await timer.function(*timer.args)
            if timer.firing:
                timer.firing = False
                if timer.periodic and timer.active:
                    self.insert(timer)
