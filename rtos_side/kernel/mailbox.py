# SPDX-License-Identifier: Apache-2.0
# Mailbox: a bounded queue of words.

from rtos_side.kernel.bounded import BoundedObject
from rtos_side.kernel.waiting import FIFO, WAITING_FOREVER


class Mailbox(BoundedObject):
    # size: mails it can hold
    def __init__(self, kernel, name, size, flag=FIFO):
        BoundedObject.__init__(self, kernel, "mailbox", name, size, flag)

    # Without a timeout a full mailbox is an error at once.
    async def send(self, value, timeout=0):
        return await self._put("rt_mb_send_wait", value, timeout)

    # The value is received before all others. Never waits.
    async def urgent(self, value):
        return await self._put("rt_mb_urgent", value, 0, 0)

    # -> (status, value); on an error the value is None
    async def recv(self, timeout=WAITING_FOREVER):
        return await self._get("rt_mb_recv", timeout)
