# SPDX-License-Identifier: Apache-2.0
# Timers: a function called at a tick, in the tick interrupt (hard) or in the thread "timer" (soft).

from rtos_side.hal import const
from rtos_side.kernel.errors import EOK, ERROR
from rtos_side.kernel.objects import KernelObject
from rtos_side.kernel.timer_list import TICK_HALF

ONE_SHOT = const(0)
PERIODIC = const(2)
HARD_TIMER = const(0)
SOFT_TIMER = const(4)

# Commands of control().
SET_TIME = const(0)
GET_TIME = const(1)
SET_ONESHOT = const(2)
SET_PERIODIC = const(3)
GET_STATE = const(4)
GET_REMAIN_TIME = const(5)


class Timer(KernelObject):
    # function: async, called with args. A hard timer's function must not wait.
    def __init__(self, kernel, name, function, ticks, flag=ONE_SHOT, args=()):
        KernelObject.__init__(self, kernel, "timer", name)
        self.function = function
        self.args = args
        self.init_tick = ticks
        self.timeout_tick = 0
        self.periodic = bool(flag & PERIODIC)
        self.active = False
        # Its function is being called, and nobody has stopped or restarted it meanwhile.
        self.firing = False
        self._soft = bool(flag & SOFT_TIMER)
        self._list = kernel.soft_timers if self._soft else kernel.hard_timers

    # Starting a running timer makes it start from now.
    async def start(self):
        self.arm()
        if self._soft:
            await self.kernel.wake_timer_thread()
        return EOK

    # start() for hard timers, where there is nothing to wait for.
    def arm(self):
        if self.init_tick >= TICK_HALF:
            raise ValueError("timer %s: %d ticks is too long" % (self.name, self.init_tick))
        self.disarm()
        self.active = True
        self._list.insert(self)

    def disarm(self):
        if self.active:
            self._list.remove(self)
            self.active = False
        self.firing = False

    async def stop(self):
        if not self.active:
            return -ERROR
        self.disarm()
        return EOK

    async def delete(self):
        self.disarm()
        self.unregister()
        return EOK

    # The GET commands give the value, the others EOK. GET_REMAIN_TIME gives the tick at which the
    # timer fires, not what remains: RT-Thread calls it so. A new time stops a running timer.
    async def control(self, command, argument=None):
        if command == GET_TIME:
            return self.init_tick
        if command == GET_STATE:
            return int(self.active)
        if command == GET_REMAIN_TIME:
            return self.timeout_tick
        if command == SET_TIME:
            self.disarm()
            self.init_tick = argument
        elif command == SET_ONESHOT:
            self.periodic = False
        elif command == SET_PERIODIC:
            self.periodic = True
        return EOK
