# SPDX-License-Identifier: Apache-2.0
# The ready threads of one hart and the choice among them (scheduler_up.c). Pure state, no time.
#
# 32 priorities, 0 the best. The running thread is not in the ready table. A thread that becomes
# ready goes to the head of its list, before waiting peers; one whose time slice is used up, or that
# yielded, goes to the tail.
#
# The YIELD mark is taken off after the thread has been put back, as later versions of the 5.1 line
# do. Kernels up to 5.0 took it off before, so the thread went to the head and the third of three
# busy peers never ran (RT-Thread issues #8050, #6820).

from rtos_side.hal import const

PRIORITIES = const(32)
IDLE_PRIORITY = const(31)

# Thread states, in the numbers of RT-Thread 5.
INIT = const(0)
CLOSE = const(1)
READY = const(2)
RUNNING = const(3)
SUSPEND = const(4)
STATE_MASK = const(7)
YIELD = const(8)

# Bit -> its number, for the lowest bit set of the ready group: the best priority in it.
_NUMBER = {1 << n: n for n in range(PRIORITIES)}


class Scheduler:
    def __init__(self):
        # The thread that runs, or inside an interrupt the one that will when it is over.
        self.current = None
        # Depth of critical sections: while it is not 0 the current thread stays.
        self.lock_nest = 0
        self._group = 0
        self._table = [[] for _ in range(PRIORITIES)]

    # Make a thread ready (or, if it is the current one, running again).
    def insert(self, thread):
        marks = thread.state & ~STATE_MASK
        if thread is self.current:
            thread.state = RUNNING | marks
            return
        thread.state = READY | marks
        queue = self._table[thread.priority]
        if marks & YIELD:
            queue.append(thread)
        else:
            queue.insert(0, thread)
        self._group |= 1 << thread.priority

    # Take a ready thread out.
    def remove(self, thread):
        queue = self._table[thread.priority]
        queue.remove(thread)
        if not queue:
            self._group &= ~(1 << thread.priority)

    # Take the first ready thread of a priority out, for it to be the current one.
    def _pick(self, priority):
        queue = self._table[priority]
        thread = self.current = queue.pop(0)
        if not queue:
            self._group &= ~(1 << priority)
        thread.state = RUNNING | (thread.state & ~STATE_MASK)

    # rt_schedule without the switch itself: choose the current thread. -> True if it is another.
    def schedule(self):
        if self.lock_nest or not self._group:
            return False
        old = self.current
        best = _NUMBER[self._group & -self._group]
        runs_on = old.state & STATE_MASK == RUNNING
        if runs_on:
            if old.priority < best:
                return False
            if old.priority == best and not old.state & YIELD:
                return False
        self._pick(best)
        if runs_on:
            self.insert(old)
        old.state &= ~YIELD
        return True

    # The first choice: there is no current thread yet.
    def start(self):
        self._pick(_NUMBER[self._group & -self._group])
