# SPDX-License-Identifier: Apache-2.0
# Mutex: recursive, owned, with priority inheritance and an optional priority ceiling (RT-Thread 5).
#
# A thread has the best priority of: its own, the first waiter of each mutex it holds, the ceiling
# of each mutex it holds. A change travels on along a chain of threads that wait for each other's
# mutexes. Waiters always stand in order of priority, whatever flag the mutex was made with.

from rtos_side.hal import WAIT, const, coroutine
from rtos_side.kernel.errors import EFULL, EOK, ERROR, ETIMEOUT
from rtos_side.kernel.objects import KernelObject
from rtos_side.kernel.scheduler import PRIORITIES, SUSPEND
from rtos_side.kernel.waiting import PRIO, WAITING_FOREVER, enqueue, suspend, wake_all

HOLD_MAX = const(0xFF)

# No waiter, no ceiling: worse than any priority.
NO_PRIORITY = const(0xFF)


# What the mutexes it holds make of a thread.
def _inherited_priority(thread):
    priority = thread.init_priority
    for mutex in thread.taken:
        priority = min(priority, mutex.priority, mutex.ceiling)
    return priority


# Give a thread a priority. If it waits for a mutex its place there changes, and with it perhaps the
# priority of that mutex's owner, and so on.
def _set_priority(thread, priority):
    while True:
        thread.change_priority(priority)
        mutex = thread.pending_mutex
        if mutex is None or not thread.state & SUSPEND:
            return
        thread.leave_queue()
        enqueue(mutex.waiters, thread, PRIO)
        mutex.update_priority()
        thread = mutex.owner
        priority = _inherited_priority(thread)
        if priority == thread.priority:
            return


class Mutex(KernelObject):
    # flag is accepted and ignored, as in RT-Thread.
    def __init__(self, kernel, name, flag=PRIO):
        KernelObject.__init__(self, kernel, "mutex", name)
        self.flag = PRIO
        self.waiters = []
        self.owner = None
        self.hold = 0
        # Of the first waiter.
        self.priority = NO_PRIORITY
        self.ceiling = NO_PRIORITY
        self.wait_event = "lock_wait " + name

    # take() and release() have spend_ipc() written out and are generators: a message locks three
    # times, nearly always without anybody else, and the calls would be most of what that takes.
    #
    # owed: cycles that the caller has spent before the call; they pass together with those of it.
    @coroutine
    def take(self, timeout=WAITING_FOREVER, owed=0):
        kernel = self.kernel
        scheduler = kernel.scheduler
        thread = scheduler.current
        if kernel.interrupt_nest or scheduler.lock_nest or thread is None:
            kernel.check_may_block("rt_mutex_take")
        left = kernel.ipc_cost + owed
        while left:
            left = yield (WAIT, left, kernel.watched)
        thread.error = EOK
        owner = self.owner
        if owner is None:
            self.owner = thread
            self.hold = 1
            thread.taken.insert(0, self)
            if self.ceiling < thread.priority:
                _set_priority(thread, self.ceiling)
            return EOK
        if owner is thread:
            if self.hold == HOLD_MAX:
                return -EFULL
            self.hold += 1
            return EOK
        if timeout == 0:
            thread.error = -ETIMEOUT
            return -ETIMEOUT
        kernel.hart.event(self.wait_event, 0, 0)
        return (yield from self._wait(thread, timeout))

    def trytake(self):
        return self.take(0)

    # The releasing thread makes the first waiter the owner. A wait that failed has left the queue,
    # and the owner may lose what it had inherited from it.
    async def _wait(self, thread, timeout):
        suspend(self.kernel, self, self.waiters, PRIO, timeout)
        thread.pending_mutex = self
        if thread.priority < self.priority:
            self.priority = thread.priority
            if self.priority < self.owner.priority:
                _set_priority(self.owner, self.priority)
        await self.kernel.schedule()
        if thread.error != EOK:
            self._waiter_left(thread)
        return thread.error

    def _waiter_left(self, thread):
        thread.pending_mutex = None
        owner = self.owner
        self.update_priority()
        if owner is not None and owner.priority == thread.priority:
            priority = _inherited_priority(owner)
            if priority != owner.priority:
                _set_priority(owner, priority)

    # rt_mutex_drop_thread: a waiter is deleted.
    def drop_thread(self, thread):
        thread.leave_queue()
        self._waiter_left(thread)

    def update_priority(self):
        self.priority = self.waiters[0].priority if self.waiters else NO_PRIORITY

    # Only the owner may release.
    @coroutine
    def release(self):
        kernel = self.kernel
        if kernel.interrupt_nest:
            raise ValueError("Function[rt_mutex_release] shall not be used in ISR")
        left = kernel.ipc_cost
        while left:
            left = yield (WAIT, left, kernel.watched)
        thread = kernel.scheduler.current
        if thread is not self.owner:
            thread.error = -ERROR
            return -ERROR
        hold = self.hold = self.hold - 1
        if hold:
            return EOK
        thread.taken.remove(self)
        if self.priority == self.ceiling == NO_PRIORITY:
            self.owner = None
        elif self._hand_over(thread):
            yield from kernel.schedule()
        return EOK

    # Take back what the owner had through the mutex and give it to the first waiter, if any.
    # -> whether that calls for a choice of the scheduler
    def _hand_over(self, thread):
        need_schedule = self.ceiling != NO_PRIORITY or thread.priority == self.priority
        if need_schedule:
            _set_priority(thread, _inherited_priority(thread))
        if not self.waiters:
            self.owner = None
            self.priority = NO_PRIORITY
            return need_schedule
        new = self.waiters[0]
        new.make_ready(EOK)
        new.pending_mutex = None
        self.owner = new
        self.hold = 1
        new.taken.insert(0, self)
        self.update_priority()
        return True

    # The owner has ended without releasing it.
    def abandon(self):
        self.hold = 0
        self.owner.taken.remove(self)
        self._hand_over(self.owner)

    # rt_mutex_setprioceiling. -> the old ceiling, NO_PRIORITY if there was none or on an error
    async def set_ceiling(self, priority):
        if not 0 <= priority < PRIORITIES:
            return NO_PRIORITY
        old = self.ceiling
        self.ceiling = priority
        if self.owner is not None:
            inherited = _inherited_priority(self.owner)
            if inherited != self.owner.priority:
                _set_priority(self.owner, inherited)
        return old

    # The owner keeps what it has inherited until something else makes its priority anew: RT-Thread
    # does not take it back here.
    async def delete(self):
        await self.kernel.spend_ipc()
        for thread in self.waiters:
            thread.pending_mutex = None
        wake_all(self.waiters)
        if self.owner is not None:
            self.owner.taken.remove(self)
            self.owner = None
        self.unregister()
        await self.kernel.schedule()
        return EOK
