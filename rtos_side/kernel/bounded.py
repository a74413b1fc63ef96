# SPDX-License-Identifier: Apache-2.0
# What mailbox and message queue have in common: bounded storage, readers and writers that wait.

from rtos_side.hal import WAIT, coroutine
from rtos_side.kernel.errors import EFULL, EOK, ERROR, ETIMEOUT
from rtos_side.kernel.objects import KernelObject
from rtos_side.kernel.timer_list import TICK_MASK
from rtos_side.kernel.trampoline import SWITCH_REQUEST
from rtos_side.kernel.waiting import suspend, wake_all, wake_first


# A waiter is woken when there is something to look at, and looks again: somebody else may have been
# faster. What is left of the timeout is computed anew each time.
class BoundedObject(KernelObject):
    def __init__(self, kernel, kind, name, size, flag):
        if size <= 0:
            raise ValueError("%s %s: size %d is not positive" % (kind, name, size))
        KernelObject.__init__(self, kernel, kind, name)
        self.size = size
        self.flag = flag
        # Readers that wait for an entry, writers that wait for room.
        self.waiters = []
        self.senders = []
        # Nobody waits for an object that is gone, whoever still has it in hand.
        self.deleted = False
        self._items = []

    # How many items there are to read.
    @property
    def entry(self):
        return len(self._items)

    # Wait in a queue once. -> (status, what is left of the timeout)
    @coroutine
    def _wait(self, queue, timeout):
        kernel = self.kernel
        thread = kernel.scheduler.current
        start = kernel.clock.tick
        suspend(kernel, self, queue, self.flag, timeout)
        if kernel.choose():
            yield SWITCH_REQUEST
        if timeout > 0:
            timeout = max(timeout - ((kernel.clock.tick - start) & TICK_MASK), 0)
        return thread.error, timeout

    # These two have spend_ipc() and schedule() written out, as each message takes both.

    # Store an item behind all others, or before them, and wake a reader.
    @coroutine
    def _put(self, function, item, timeout, position=None):
        kernel = self.kernel
        if timeout != 0:
            kernel.check_may_block(function)
        left = kernel.ipc_cost
        while left:
            left = yield (WAIT, left, kernel.watched)
        items = self._items
        while len(items) == self.size:
            if timeout == 0:
                return -EFULL
            if self.deleted:
                return -ERROR
            error, timeout = yield from self._wait(self.senders, timeout)
            if error != EOK:
                return error
        items.insert(len(items) if position is None else position, item)
        if self.waiters:
            wake_first(self.waiters)
            if kernel.choose():
                yield SWITCH_REQUEST
        return EOK

    # Take the first item out and wake a writer. -> (status, item)
    @coroutine
    def _get(self, function, timeout):
        kernel = self.kernel
        if timeout != 0:
            kernel.check_may_block(function)
        left = kernel.ipc_cost
        while left:
            left = yield (WAIT, left, kernel.watched)
        items = self._items
        waited = False
        while not items:
            if timeout == 0:
                if waited:
                    kernel.scheduler.current.error = -ETIMEOUT
                return -ETIMEOUT, None
            if self.deleted:
                return -ERROR, None
            error, timeout = yield from self._wait(self.waiters, timeout)
            waited = True
            if error != EOK:
                return error, None
        item = items.pop(0)
        if self.senders:
            wake_first(self.senders)
            yield from kernel.schedule()
        return EOK, item

    # rt_..._control(RT_IPC_CMD_RESET): all waits fail, readers first, and the items are lost.
    async def reset(self):
        await self.kernel.spend_ipc()
        self._wake_all()
        self._items.clear()
        await self.kernel.schedule()
        return EOK

    async def delete(self):
        await self.kernel.spend_ipc()
        self.deleted = True
        self._wake_all()
        self.unregister()
        await self.kernel.schedule()
        return EOK

    def _wake_all(self):
        wake_all(self.waiters)
        wake_all(self.senders)
