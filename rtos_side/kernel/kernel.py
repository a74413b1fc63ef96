# SPDX-License-Identifier: Apache-2.0
# The kernel of one hart: costs, critical sections, delays, interrupts, start-up.

from rtos_side.hal import ALWAYS_HIGH, EXT, SOFT, TIMER, WAIT, coroutine
from rtos_side.kernel.clock import Clock
from rtos_side.kernel.errors import EINTR, EINVAL, EOK, ETIMEOUT
from rtos_side.kernel.idle import NAME as IDLE_NAME
from rtos_side.kernel.idle import SLICE as IDLE_SLICE
from rtos_side.kernel.idle import STACK_SIZE as IDLE_STACK_SIZE
from rtos_side.kernel.idle import Idle
from rtos_side.kernel.objects import Registry
from rtos_side.kernel.scheduler import IDLE_PRIORITY, Scheduler
from rtos_side.kernel.soft_timer import TimerThread
from rtos_side.kernel.thread import Thread
from rtos_side.kernel.timer_list import TICK_MASK, TimerList
from rtos_side.kernel.trampoline import SWITCH_REQUEST, Trampoline
from rtos_side.machine import Machine
from rtos_side.sbi import Firmware, set_timer

# Who owns the timer and the IPIs, by board["privilege"].
_PRIVILEGES = {"supervisor": Firmware, "machine": Machine}

_COSTS = ("trap_entry", "trap_exit", "context_switch", "tick", "ipc_call")


class Kernel:
    # board: plain dict with costs (cycles by name), clock_hz, timebase_hz, tick_hz, clint, hart_id.
    def __init__(self, hart, board):
        privilege = _PRIVILEGES.get(board.get("privilege", "supervisor"))
        if privilege is None:
            found = board["privilege"]
            raise ValueError("privilege: expected supervisor or machine, found %r" % (found,))
        for name in privilege.COSTS + _COSTS:
            if name not in board["costs"]:
                raise ValueError("the timing profile has no cost %r for the RTOS" % name)
        self.hart = hart
        self.board = board
        self.costs = board["costs"]
        self.objects = Registry()
        self.scheduler = Scheduler()
        self.clock = Clock(hart, board)
        self.hard_timers = TimerList(self.clock)
        self.soft_timers = TimerList(self.clock)
        self.idle = Idle(self)
        # What runs with interrupts off: "startup", "interrupt", "exception", or "" in a thread.
        self.handler = "startup"
        # Depth of interrupts: 0 in a thread, and on the way into and out of a handler.
        self.interrupt_nest = 0
        # Interrupts that the kernel takes (sie or mie), none after mask_interrupts(), and what it
        # calls for them.
        self.enabled = TIMER
        self.handlers = {TIMER: self._tick_isr}
        self._firmware = privilege(hart, board)
        # Lines that would interrupt the running code.
        self.watched = self._firmware.enabled
        # Made by the board's start-up, for apps and services: the console, and what only some
        # boards have: the MSGBOX driver and the AMP system.
        self.console = None
        self.msgbox = None
        self.amp = None
        # What runs after a bus fault that no code catches: async function(place, fault) that never
        # returns, with interrupts off. None: the fault ends the run.
        self.on_fault = None
        self._timer_thread = TimerThread(self)
        self.ipc_cost = self.costs["ipc_call"]

    # Time ######################################################################

    # Let processor time pass: the cycles do not run while an interrupt or another thread does.
    @coroutine
    def spend(self, cycles):
        while cycles > 0:
            cycles = yield (WAIT, cycles, self.watched)

    # The time of one call to a semaphore, mutex, event, mailbox or message queue.
    def spend_ipc(self):
        return self.spend(self.ipc_cost)

    def tick_from_millisecond(self, ms):
        return self.clock.ticks(ms)

    async def delay(self, ticks):
        if ticks == 0:
            return -EINVAL
        self.check_may_block("rt_thread_delay")
        thread = self.scheduler.current
        thread.make_suspended()
        thread.error = -EINTR
        if ticks > 0:
            thread.timer.init_tick = ticks
            thread.timer.arm()
        await self.schedule()
        if thread.error == -ETIMEOUT:
            thread.error = EOK
        return EOK

    async def mdelay(self, ms):
        return await self.delay(self.clock.ticks(ms))

    # Sleep until `increment` ticks after tick `last`. -> the tick to pass the next time: that one,
    # or the current tick when it was over already.
    async def delay_until(self, last, increment):
        if (self.clock.tick - last) & TICK_MASK >= increment:
            return self.clock.tick
        target = (last + increment) & TICK_MASK
        await self.delay((target - self.clock.tick) & TICK_MASK)
        return target

    # Let a ready thread of the same priority run.
    async def yield_(self):
        self.scheduler.current.give_way()
        await self.schedule()
        return EOK

    # Scheduling ################################################################

    # rt_schedule. In an interrupt the choice is made at once and the switch when the trap ends.
    @coroutine
    def schedule(self):
        if self.choose():
            yield SWITCH_REQUEST

    # Choose the thread to run. -> True if the caller has to make room for it, by SWITCH_REQUEST
    def choose(self):
        scheduler = self.scheduler
        return scheduler.current is not None and scheduler.schedule() and not self.interrupt_nest

    # Keep the processor, except for interrupts, until exit_critical(). Nests.
    def enter_critical(self):
        self.scheduler.lock_nest += 1

    async def exit_critical(self):
        scheduler = self.scheduler
        if scheduler.lock_nest == 0:
            raise ValueError("exit_critical() without enter_critical()")
        scheduler.lock_nest -= 1
        if scheduler.lock_nest == 0:
            await self.schedule()

    # A call that may have to wait, made where nobody can: RT-Thread asserts (RT_DEBUG_...).
    def check_may_block(self, function):
        scheduler = self.scheduler
        if self.interrupt_nest:
            raise ValueError("Function[%s] shall not be used in ISR" % function)
        if scheduler.current is None:
            raise ValueError("Function[%s] shall not be used before scheduler start" % function)
        if scheduler.lock_nest:
            raise ValueError("Function[%s]: scheduler is not available" % function)

    # Say what the running thread looks for again and again, (what, number), until it says None: for
    # whoever asks why nothing goes on.
    def looks_for(self, what):
        if self.scheduler.current is not None:
            self.scheduler.current.looks_for = what

    async def wake_timer_thread(self):
        await self._timer_thread.wake()

    # Interrupts ################################################################

    # Set what is called for a line, SOFT or EXT, and let it through: an async function without
    # arguments, run with interrupts off, that never waits for anything.
    def install_isr(self, kind, handler):
        if kind not in (SOFT, EXT):
            raise ValueError("interrupt kind must be SOFT or EXT, not %r" % kind)
        self.handlers[kind] = handler
        self.enabled |= kind
        if not self.handler:
            self.watched |= kind & self._firmware.LINES
        # It may be pending already, and no line need show that.
        self.hart.mask[0] |= ALWAYS_HIGH

    # From now on nothing interrupts the code of this hart that runs, for good.
    def mask_interrupts(self):
        self.enabled = 0
        self.watched = self._firmware.enabled
        self.hart.mask[0] = self.watched

    # The timer interrupt, in the order of tick_isr(): rt_tick_increase(), then the next deadline.
    async def _tick_isr(self):
        await self.spend(self.costs["tick"])
        self.clock.advance()
        if self.scheduler.current.spend_tick():
            await self.schedule()
        await self.hard_timers.check()
        await set_timer(self.clock.next_deadline())

    # Start-up ##################################################################

    # rtthread_startup() with interrupts off: the tick, then the board and the main thread (both in
    # `main`), then the threads of the kernel itself, then the scheduler.
    async def startup(self, main):
        await set_timer(self.clock.next_deadline())
        await main()
        await self._timer_thread.start()
        await Thread(
            self, IDLE_NAME, self.idle.entry, IDLE_STACK_SIZE, IDLE_PRIORITY, IDLE_SLICE
        ).startup()
        self.scheduler.start()

    # The software of the hart. main: async function that makes the first threads; nothing is
    # scheduled before it has returned. Never ends; an exception nobody catches comes out as
    # KernelPanic.
    def run(self, main):
        return Trampoline(self, self._firmware).run(main)
