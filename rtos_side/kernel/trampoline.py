# SPDX-License-Identifier: Apache-2.0
# The trampoline: what the hart runs next, thread or handler, and what becomes of it then.
#
# The hart runs a coroutine (RUN), whose requests go to the bus. After every reply it looks at the
# interrupt lines that the kernel watches, so a thread can be interrupted, and lose the processor,
# between any two bus cycles. Code between two requests runs undisturbed; it needs no lock and costs
# no time.

from rtos_side.hal import ASKS, ENDED, EXT, RUN, SEND, SOFT, TIMER, WAIT, BusFault, const, coroutine
from rtos_side.kernel.errors import KernelPanic
from rtos_side.sbi import SBI_SUCCESS

# What a thread yields that gives up the processor. The kind is the kernel's own: those from 0 to
# RUN belong to the hart, ECALL to the firmware.
_SWITCH = const(8)
SWITCH_REQUEST = (_SWITCH,)


# The interrupt to take of those that are pending; the order is that of the privileged architecture.
def _first(pending):
    if pending & EXT:
        return EXT
    return SOFT if pending & SOFT else TIMER


class Trampoline:
    def __init__(self, kernel, firmware):
        self._kernel = kernel
        self._firmware = firmware

    # Never ends. A context is the request that goes on with it, (RUN, coroutine, how, value): a
    # thread keeps its own, that of the code with interrupts off is here.
    #
    # What becomes pending while interrupts are off is seen afterwards. M-mode firmware interrupts
    # the code of this hart at any time, the kernel only its threads. So each turn looks at the
    # lines first, and each request of the kernel's own ends one.
    #
    # All of it is in one function: MicroPython finds a local variable at once, an attribute only in
    # a table.
    @coroutine
    def run(self, main):
        kernel = self._kernel
        firmware = self._firmware
        hart = kernel.hart
        lines = hart.lines
        mask = hart.mask
        scheduler = kernel.scheduler
        # Lines that the kernel takes without M-mode firmware in between.
        direct = firmware.LINES
        entry_cost = kernel.costs["trap_entry"]
        exit_cost = kernel.costs["trap_exit"]
        switch_cost = kernel.costs["context_switch"]
        switch_wait = (WAIT, switch_cost, 0)
        hart.thread("startup")
        # What runs with interrupts off, None in a thread; the thread that was running; the
        # interrupt on the way in; cycles that the way in or out still takes.
        handler = (RUN, kernel.startup(main), SEND, None)
        running = None
        entering = 0
        left = 0
        # Lines of M-mode: they interrupt handlers, too.
        m_mode = firmware.enabled
        while True:
            high = lines[0]
            if high & m_mode:
                yield firmware.trap(high & m_mode)
                m_mode = firmware.enabled
                continue
            # The rest of the way into a trap or out of it.
            if left:
                left = yield (WAIT, left, m_mode)
                continue
            if entering:
                hart.event("irq", entering, 0)
                kernel.interrupt_nest = 1
                if entering == SOFT:
                    yield firmware.clear_ipi()
                handler = (RUN, kernel.handlers[entering](), SEND, None)
                entering = 0
                continue
            # What goes on: the handler, or the thread that the scheduler has chosen, unless an
            # interrupt is pending.
            context = handler
            watched = m_mode
            if handler is None:
                enabled = kernel.enabled
                pending = (high & direct | firmware.pending) & enabled
                if pending:
                    entering = _first(pending)
                    kernel.handler = "interrupt"
                    left = entry_cost
                    continue
                watched = m_mode | enabled & direct
                if running is not scheduler.current:
                    running = scheduler.current
                    hart.thread(running.name)
                    hart.event("switch", running.priority, 0)
                context = running.context
                if context is None:
                    context = (RUN, running.entry(*running.args), SEND, None)
            # It runs until the kernel has to know.
            kernel.watched = watched
            mask[0] = watched
            try:
                how, value = yield context
            except Exception as error:
                handler = self._fault(running, error)
                continue
            if how == ASKS:
                how = SEND
                if value[0] == _SWITCH:
                    yield switch_wait
                    value = None
                else:
                    yield firmware.ecall(value)
                    m_mode = firmware.enabled
                    value = SBI_SUCCESS
            elif how == ENDED:
                if handler is None:
                    self._end(running)
                    yield switch_wait
                    continue
                handler = None
                kernel.handler = ""
                if kernel.interrupt_nest:
                    kernel.interrupt_nest = 0
                    left = exit_cost
                    if running is not scheduler.current:
                        left += switch_cost
                continue
            context = (RUN, context[1], how, value)
            if handler is None:
                running.context = context
            else:
                handler = context

    # The coroutine of the thread has returned.
    def _end(self, thread):
        thread.context = None
        thread.close()
        if not self._kernel.scheduler.schedule():
            error = ValueError("the thread ended inside a critical section")
            raise KernelPanic(self._place(thread), error)

    # An exception that the running code did not catch. A fault of the hart is the business of its
    # exception handler, if there is one; anything else is a mistake of the software. -> context of
    # the exception handler
    def _fault(self, running, error):
        kernel = self._kernel
        place = self._place(running)
        if kernel.on_fault is None or not isinstance(error, BusFault):
            raise KernelPanic(place, error)
        kernel.handler = kernel.handler or "exception"
        kernel.mask_interrupts()
        return (RUN, kernel.on_fault(place, error), SEND, None)

    # Where an exception came from, for the panic.
    def _place(self, running):
        return self._kernel.handler or "thread " + running.name
