# SPDX-License-Identifier: Apache-2.0
# A thread: a coroutine with a priority, a time slice and a state.
#
# A coroutine's frames lie in the interpreter's heap. There is no stack to measure, so the used
# bytes that list_thread prints are 0; the size is kept for the listing.

from rtos_side.hal import const
from rtos_side.kernel.errors import EOK, ERROR, ETIMEOUT
from rtos_side.kernel.objects import KernelObject
from rtos_side.kernel.scheduler import (
    CLOSE,
    INIT,
    PRIORITIES,
    READY,
    RUNNING,
    STATE_MASK,
    SUSPEND,
    YIELD,
)
from rtos_side.kernel.timer import Timer

# Commands of control().
CTRL_STARTUP = const(0)
CTRL_CLOSE = const(1)
CTRL_CHANGE_PRIORITY = const(2)


class Thread(KernelObject):
    # entry: async function, called with args. tick: time slice in ticks.
    def __init__(self, kernel, name, entry, stack_size, priority, tick, args=()):
        if not 0 <= priority < PRIORITIES:
            raise ValueError("thread %s: priority %d is not 0 to 31" % (name, priority))
        if tick <= 0:
            raise ValueError("thread %s: time slice %d is not positive" % (name, tick))
        KernelObject.__init__(self, kernel, "thread", name)
        self.entry = entry
        self.args = args
        self.stack_size = stack_size
        self.stack_used = 0
        self.stack_max_used = 0
        # What it was made with, and what mutexes have made of it.
        self.init_priority = priority
        self.priority = priority
        self.init_tick = tick
        self.remaining_tick = tick
        self.state = INIT
        # Result of the last wait, negative or EOK.
        self.error = EOK
        # The list of waiting threads that it stands in, and the kernel object of that list.
        self.queue = None
        self.waits_for = None
        # What it looks for again and again, sleeping or not in between: (what, number), or None.
        self.looks_for = None
        # Belongs to an app, as do the threads that it makes.
        current = kernel.scheduler.current
        self.of_app = current is not None and current.of_app
        # Clock at which it was suspended or made ready.
        self.since = 0
        # What it waits for in an event: set and options.
        self.event_set = 0
        self.event_info = 0
        # Mutexes: those it holds, newest first, and the one it waits for.
        self.taken = []
        self.pending_mutex = None
        # Plain function(thread), called by idle after the thread has ended.
        self.cleanup = None
        # Where it goes on: its RUN request. None: not begun.
        self.context = None
        self.timer = Timer(kernel, name, self._timeout, 0)

    async def startup(self):
        if self.state & STATE_MASK != INIT:
            raise ValueError("thread %s was started before" % self.name)
        self.priority = self.init_priority
        self.state = SUSPEND
        return await self.resume()

    # Only a suspended thread can be resumed. Whatever it waited for, it no longer does.
    async def resume(self):
        if not self.state & SUSPEND:
            return -ERROR
        self.make_ready()
        await self.kernel.schedule()
        return EOK

    # Ready again, and not waiting for anything any more. A wake-up that says why gives the result
    # of the wait.
    def make_ready(self, error=None):
        if error is not None:
            self.error = error
        self.leave_queue()
        self.waits_for = None
        self.timer.disarm()
        self.since = self.kernel.hart.now()
        self.kernel.scheduler.insert(self)

    def leave_queue(self):
        if self.queue is not None:
            self.queue.remove(self)
            self.queue = None

    # Until resume(). Another thread may be suspended as well, if it is not waiting already.
    async def suspend(self):
        if not self.state & SUSPEND:
            if self.state & STATE_MASK not in (READY, RUNNING):
                return -ERROR
            self.make_suspended()
        else:
            self.timer.disarm()
        await self.kernel.schedule()
        return EOK

    def make_suspended(self):
        if self.state & STATE_MASK == READY:
            self.kernel.scheduler.remove(self)
        self.state = SUSPEND | (self.state & ~STATE_MASK)
        self.since = self.kernel.hart.now()
        self.timer.disarm()

    # The thread's own timer ran out: the wait ends, in the tick interrupt.
    async def _timeout(self):
        self.make_ready(-ETIMEOUT)
        await self.kernel.schedule()

    # One tick of processor time; the last of the slice makes room for a peer. -> True if it was
    def spend_tick(self):
        self.remaining_tick -= 1
        if self.remaining_tick:
            return False
        self.give_way()
        return True

    def give_way(self):
        self.remaining_tick = self.init_tick
        self.state |= YIELD

    # Takes effect at the next choice of the scheduler, as in RT-Thread.
    def change_priority(self, priority):
        if self.state & STATE_MASK == READY:
            scheduler = self.kernel.scheduler
            scheduler.remove(self)
            self.priority = priority
            scheduler.insert(self)
        else:
            self.priority = priority

    async def control(self, command, argument=None):
        if command == CTRL_CHANGE_PRIORITY:
            self.change_priority(argument)
        elif command == CTRL_STARTUP:
            return await self.startup()
        elif command == CTRL_CLOSE:
            return await self.delete()
        return EOK

    # rt_thread_delete: the thread never runs again; idle frees it. Deleting oneself does not
    # return.
    async def delete(self):
        self.close()
        await self.kernel.schedule()
        return EOK

    # Out of all lists, into the one of the dead. Mutexes that it holds go to those who wait.
    def close(self):
        state = self.state & STATE_MASK
        if state == CLOSE:
            return
        if state == READY:
            self.kernel.scheduler.remove(self)
        self.timer.disarm()
        self.timer.unregister()
        self.state = CLOSE
        self._leave_mutexes()
        self.leave_queue()
        self.kernel.idle.bury(self)

    def _leave_mutexes(self):
        mutex = self.pending_mutex
        if mutex is not None:
            mutex.drop_thread(self)
        for mutex in list(self.taken):
            mutex.abandon()
