# SPDX-License-Identifier: Apache-2.0
# Message queue: a bounded queue of copied messages, each up to msg_size bytes long.

from rtos_side.kernel.bounded import BoundedObject
from rtos_side.kernel.errors import EOK, ERROR
from rtos_side.kernel.waiting import FIFO, WAITING_FOREVER


class MessageQueue(BoundedObject):
    def __init__(self, kernel, name, msg_size, max_msgs, flag=FIFO):
        BoundedObject.__init__(self, kernel, "msgqueue", name, max_msgs, flag)
        self.msg_size = msg_size

    def _check(self, function, length):
        if length == 0:
            raise ValueError("%s: msgqueue %s: size is 0" % (function, self.name))

    # data: what is copied. Without a timeout a full queue is an error at once.
    async def send(self, data, timeout=0):
        self._check("rt_mq_send_wait", len(data))
        if len(data) > self.msg_size:
            return -ERROR
        return await self._put("rt_mq_send_wait", bytes(data), timeout)

    # The message is received before all others. Never waits.
    async def urgent(self, data):
        self._check("rt_mq_urgent", len(data))
        if len(data) > self.msg_size:
            return -ERROR
        return await self._put("rt_mq_urgent", bytes(data), 0, 0)

    # Copies as much as the buffer takes; the rest is lost. -> bytes copied (since 5.0.1; it was EOK
    # before), or an error
    async def recv(self, buffer, timeout=WAITING_FOREVER):
        self._check("rt_mq_recv", len(buffer))
        status, message = await self._get("rt_mq_recv", timeout)
        if status != EOK:
            return status
        size = min(len(message), len(buffer))
        buffer[:size] = message[:size]
        return size
