# SPDX-License-Identifier: Apache-2.0
# Event: 32 bits that threads wait for, all (AND) or any (OR) of a set.

from rtos_side.hal import const
from rtos_side.kernel.errors import EINVAL, EOK, ERROR, ETIMEOUT
from rtos_side.kernel.objects import KernelObject
from rtos_side.kernel.waiting import FIFO, WAITING_FOREVER, wait, wake_all

OPTION_AND = const(1)
OPTION_OR = const(2)
OPTION_CLEAR = const(4)

_MASK = const(0xFFFFFFFF)


class Event(KernelObject):
    def __init__(self, kernel, name, flag=FIFO):
        KernelObject.__init__(self, kernel, "event", name)
        self.set = 0
        self.flag = flag
        self.waiters = []

    # Set bits and wake whoever has now got what it waits for, in the order of the queue. A waiter
    # with CLEAR takes its bits away before the next one is looked at.
    async def send(self, bits):
        if bits & _MASK == 0:
            return -ERROR
        kernel = self.kernel
        await kernel.spend_ipc()
        self.set |= bits & _MASK
        woken = False
        for thread in list(self.waiters):
            matched = self._matched(thread)
            if matched is None:
                return -EINVAL
            if matched:
                thread.event_set = matched
                if thread.event_info & OPTION_CLEAR:
                    self.set &= ~matched
                thread.make_ready(EOK)
                woken = True
        if woken:
            await kernel.schedule()
        return EOK

    # The bits a waiter gets, 0 when they are not enough, None for a waiter with neither AND nor OR.
    def _matched(self, thread):
        wanted = thread.event_set
        matched = wanted & self.set
        if thread.event_info & OPTION_AND:
            return matched if matched == wanted else 0
        if thread.event_info & OPTION_OR:
            return matched
        return None

    # Wait for bits. -> (status, the bits that were there); on an error the bits are 0.
    async def recv(self, bits, option, timeout=WAITING_FOREVER):
        kernel = self.kernel
        kernel.check_may_block("rt_event_recv")
        bits &= _MASK
        if bits == 0:
            return -ERROR, 0
        if not option & (OPTION_AND | OPTION_OR):
            raise ValueError("event %s: option %d has neither AND nor OR" % (self.name, option))
        await kernel.spend_ipc()
        thread = kernel.scheduler.current
        thread.event_set = bits
        thread.event_info = option
        matched = self._matched(thread)
        if matched:
            thread.error = EOK
            thread.event_set = matched
            if option & OPTION_CLEAR:
                self.set &= ~bits
            return EOK, matched
        if timeout == 0:
            thread.error = -ETIMEOUT
            return -ETIMEOUT, 0
        error = await wait(kernel, self, self.waiters, self.flag, timeout)
        return error, thread.event_set if error == EOK else 0

    # rt_event_control(RT_IPC_CMD_RESET): all waits fail, no bit is set.
    async def reset(self):
        await self.kernel.spend_ipc()
        wake_all(self.waiters)
        self.set = 0
        await self.kernel.schedule()
        return EOK

    async def delete(self):
        await self.kernel.spend_ipc()
        wake_all(self.waiters)
        self.unregister()
        await self.kernel.schedule()
        return EOK
