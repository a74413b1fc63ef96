# SPDX-License-Identifier: Apache-2.0
# The kernel of one hart: costs, critical sections, delays, interrupts, and the trampoline.
#
# run() is the hart's software. It has the hart run the coroutine of the running thread, whose
# requests go to the bus. After every reply the hart looks at the interrupt lines that the kernel
# watches, so a thread can be interrupted, and lose the processor, between any two bus cycles. Code
# between two requests runs undisturbed; it needs no lock and costs no time.

from rtos_side.hal import (
    ALWAYS_HIGH,
    ASKS,
    ENDED,
    EXT,
    RUN,
    SEND,
    SOFT,
    TIMER,
    WAIT,
    BusFault,
    const,
    coroutine,
)
from rtos_side.kernel.clock import Clock
from rtos_side.kernel.errors import EINTR, EINVAL, EOK, ETIMEOUT, KernelPanic
from rtos_side.kernel.idle import NAME as IDLE_NAME
from rtos_side.kernel.idle import SLICE as IDLE_SLICE
from rtos_side.kernel.idle import STACK_SIZE as IDLE_STACK_SIZE
from rtos_side.kernel.idle import Idle
from rtos_side.kernel.objects import Registry
from rtos_side.kernel.scheduler import IDLE_PRIORITY, Scheduler
from rtos_side.kernel.soft_timer import TimerThread
from rtos_side.kernel.thread import Thread
from rtos_side.kernel.timer_list import TICK_MASK, TimerList
from rtos_side.machine import Machine
from rtos_side.sbi import CLEAR_IPI_CALL, Firmware, set_timer

# Request kind of a thread that gives up the processor: the kernel's own. (Kinds from 0 to RUN
# belong to the hart, ECALL to the firmware.)
_SWITCH = const(8)
_SWITCH_REQUEST = (_SWITCH,)

# Who owns the timer and the IPIs, by board["privilege"].
_PRIVILEGES = {"supervisor": Firmware, "machine": Machine}

_COSTS = ("trap_entry", "trap_exit", "context_switch", "tick", "ipc_call")


@coroutine
def _switch():
    yield _SWITCH_REQUEST


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
        # Depth of interrupts: 0 in a thread.
        self.interrupt_nest = 0
        self._firmware = privilege(hart, board)
        # Lines that would interrupt the running code.
        self.watched = self._firmware.enabled
        # Lines that the kernel takes without M-mode firmware in between.
        self._direct = self._firmware.LINES
        # Interrupts that the kernel takes (sie or mie), none after mask_interrupts(), and what it
        # calls for them.
        self.enabled = TIMER
        self._handlers = {TIMER: self._tick_isr}
        # Made by the board's start-up, for apps and services: the console, and what only some
        # boards have: the MSGBOX driver and the AMP system.
        self.console = None
        self.msgbox = None
        self.amp = None
        # What runs after a bus fault that no code catches: async function(place, fault) that never
        # returns, with interrupts off. None: the fault ends the run.
        self.on_fault = None
        # Something may be pending that no line shows.
        self._rescan = False
        # The thread whose context is in the trampoline, and the context of the code that runs with
        # interrupts off: the start-up, later an interrupt handler; None in a thread.
        self._running = None
        self._handler = None
        self._timer_thread = TimerThread(self)
        self.ipc_cost = self.costs["ipc_call"]
        self._switch_cost = self.costs["context_switch"]
        self._entry_cost = self.costs["trap_entry"]
        self._exit_cost = self.costs["trap_exit"]
        self._switch_wait = (WAIT, self._switch_cost, 0)

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
    async def schedule(self):
        scheduler = self.scheduler
        if scheduler.current is not None and scheduler.schedule() and not self.interrupt_nest:
            await _switch()

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
        if self.interrupt_nest:
            raise ValueError("Function[%s] shall not be used in ISR" % function)
        if self.scheduler.current is None:
            raise ValueError("Function[%s] shall not be used before scheduler start" % function)
        if self.scheduler.lock_nest:
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
        self._handlers[kind] = handler
        self.enabled |= kind
        self._rescan = True
        self._watch()

    # From now on nothing interrupts the code of this hart that runs, for good.
    def mask_interrupts(self):
        self.enabled = 0
        self._watch()

    # M-mode firmware interrupts the code of this hart at any time, the kernel only its threads. The
    # hart is told what ends a RUN.
    def _watch(self):
        watched = self._firmware.enabled
        if self._handler is None:
            watched |= self.enabled & self._direct
        self.watched = watched
        self.hart.mask[0] = watched | ALWAYS_HIGH if self._rescan else watched

    # scause of the trap to take, or 0; the order is that of the privileged architecture.
    def _cause(self):
        pending = (self.hart.lines[0] & self._direct | self._firmware.pending) & self.enabled
        if not pending:
            return 0
        if pending & EXT:
            return EXT
        return SOFT if pending & SOFT else TIMER

    # One trap of the kernel, from the first instruction of the handler to sret or mret.
    @coroutine
    def _trap(self, kind):
        left = self._entry_cost
        while left > 0:
            left = yield (WAIT, left, self.watched)
        self.hart.event("irq", kind, 0)
        self.interrupt_nest += 1
        if kind == SOFT:
            yield CLEAR_IPI_CALL
        yield from self._handlers[kind]()
        self.interrupt_nest -= 1
        if self.scheduler.current is not self._running:
            yield from self.spend(self._switch_cost)
        left = self._exit_cost
        while left > 0:
            left = yield (WAIT, left, self.watched)

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
    async def _startup(self, main):
        await set_timer(self.clock.next_deadline())
        await main()
        await self._timer_thread.start()
        await Thread(
            self, IDLE_NAME, self.idle.entry, IDLE_STACK_SIZE, IDLE_PRIORITY, IDLE_SLICE
        ).startup()
        self.scheduler.start()

    # Trampoline ################################################################

    # A context switch is a span of time with interrupts off: what becomes pending in it is seen by
    # the frame that runs next.
    #
    # The software of the hart. main: async function that makes the first threads; nothing is
    # scheduled before it has returned. Never ends; an exception nobody catches comes out as
    # KernelPanic.
    @coroutine
    def run(self, main):
        firmware = self._firmware
        lines = self.hart.lines
        mask = self.hart.mask
        self.hart.thread("startup")
        self._handler = (self._startup(main), SEND, None)
        while True:
            self._rescan = False
            while lines[0] & firmware.enabled:
                yield from firmware.trap(lines[0] & firmware.enabled)
            frame, how, value = self._next_frame()
            while True:
                try:
                    how, value = yield (RUN, frame, how, value)
                except Exception as error:
                    self._fault(error)
                    break
                if how != ASKS:
                    if how != ENDED:
                        self._save((frame, how, value))
                    elif self._handler is not None:
                        self._handler = None
                    else:
                        self._end_thread()
                        yield self._switch_wait
                    break
                if value[0] == _SWITCH:
                    self._running.context = (frame, SEND, None)
                    yield self._switch_wait
                    break
                value = yield from firmware.ecall(value)
                how = SEND
                self._watch()
                # A line that is watched has come up, or something is pending that no line shows.
                if (lines[0] | ALWAYS_HIGH) & mask[0]:
                    self._save((frame, how, value))
                    break

    # What runs next, after M-mode: what was going on with interrupts off; then a pending interrupt;
    # then the current thread.
    def _next_frame(self):
        if self._handler is None:
            cause = self._cause()
            if cause:
                self._handler = (self._trap(cause), SEND, None)
        self._watch()
        if self._handler is not None:
            return self._handler
        return self._thread_context()

    def _thread_context(self):
        thread = self.scheduler.current
        if thread is not self._running:
            self._running = thread
            self.hart.thread(thread.name)
            self.hart.event("switch", thread.priority, 0)
        if thread.context is None:
            thread.context = (thread.entry(*thread.args), SEND, None)
        return thread.context

    def _save(self, context):
        if self._handler is None:
            self._running.context = context
        else:
            self._handler = context

    # The coroutine of the thread has returned.
    def _end_thread(self):
        thread = self._running
        thread.context = None
        thread.close()
        if not self.scheduler.schedule():
            error = ValueError("the thread ended inside a critical section")
            raise KernelPanic(self._place(), error)

    # An exception that the running code did not catch. A fault of the hart is the business of its
    # exception handler, if there is one; anything else is a mistake of the software.
    def _fault(self, error):
        place = self._place()
        if self.on_fault is None or not isinstance(error, BusFault):
            raise KernelPanic(place, error)
        self._handler = (self.on_fault(place, error), SEND, None)
        self.mask_interrupts()

    # Where an exception came from, for the panic.
    def _place(self):
        return self.handler() or "thread " + self._running.name

    # What runs with interrupts off, "" in a thread.
    def handler(self):
        if self._handler is None:
            return ""
        return "interrupt" if self.interrupt_nest else "startup"
