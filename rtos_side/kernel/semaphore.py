# SPDX-License-Identifier: Apache-2.0
# Semaphore. A release with somebody waiting hands over and leaves the value at 0.

from rtos_side.hal import const
from rtos_side.kernel.errors import EFULL, EOK, ETIMEOUT
from rtos_side.kernel.objects import KernelObject
from rtos_side.kernel.waiting import FIFO, WAITING_FOREVER, wait, wake_all, wake_first

VALUE_MAX = const(0xFFFF)


class Semaphore(KernelObject):
    def __init__(self, kernel, name, value, flag=FIFO):
        if not 0 <= value <= VALUE_MAX:
            raise ValueError("semaphore %s: value %d is not 0 to 65535" % (name, value))
        KernelObject.__init__(self, kernel, "semaphore", name)
        self.value = value
        self.flag = flag
        self.waiters = []

    async def take(self, timeout=WAITING_FOREVER):
        kernel = self.kernel
        await kernel.spend_ipc()
        if self.value > 0:
            self.value -= 1
            return EOK
        if timeout == 0:
            return -ETIMEOUT
        kernel.check_may_block("rt_sem_take")
        return await wait(kernel, self, self.waiters, self.flag, timeout)

    async def trytake(self):
        return await self.take(0)

    async def release(self):
        kernel = self.kernel
        await kernel.spend_ipc()
        if self.waiters:
            wake_first(self.waiters)
            await kernel.schedule()
        elif self.value < VALUE_MAX:
            self.value += 1
        else:
            return -EFULL
        return EOK

    # rt_sem_control(RT_IPC_CMD_RESET): all waits fail, then the value is set.
    async def reset(self, value):
        await self.kernel.spend_ipc()
        wake_all(self.waiters)
        self.value = value & VALUE_MAX
        await self.kernel.schedule()
        return EOK

    async def delete(self):
        await self.kernel.spend_ipc()
        wake_all(self.waiters)
        self.unregister()
        await self.kernel.schedule()
        return EOK
