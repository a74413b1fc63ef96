# SPDX-License-Identifier: Apache-2.0
# Waiting for a kernel object: lists of suspended threads, in order of arrival or of priority.

from rtos_side.hal import const
from rtos_side.kernel.errors import EINTR, EOK, ERROR

FIFO = const(0)
PRIO = const(1)

WAITING_FOREVER = const(-1)
WAITING_NO = const(0)


# Threads of equal priority keep their order.
def enqueue(queue, thread, flag):
    position = len(queue)
    if flag == PRIO:
        while position and queue[position - 1].priority > thread.priority:
            position -= 1
    queue.insert(position, thread)
    thread.queue = queue


# Suspend the current thread in a queue of `item`, a kernel object, without switching yet. A wait
# that nobody answers, because someone resumed the thread by hand, ends with EINTR.
def suspend(kernel, item, queue, flag, timeout):
    thread = kernel.scheduler.current
    thread.error = -EINTR
    thread.make_suspended()
    thread.waits_for = item
    enqueue(queue, thread, flag)
    if timeout > 0:
        thread.timer.init_tick = timeout
        thread.timer.arm()


# Wait in a queue for so many ticks. -> result of the wait
async def wait(kernel, item, queue, flag, timeout):
    thread = kernel.scheduler.current
    suspend(kernel, item, queue, flag, timeout)
    await kernel.schedule()
    return thread.error


# End the wait of the first one with success.
def wake_first(queue):
    queue[0].make_ready(EOK)


# End all waits with an error. Each goes to the head of its ready list, so the last one runs first.
def wake_all(queue):
    while queue:
        queue[0].make_ready(-ERROR)
