# SPDX-License-Identifier: Apache-2.0
# Porting layer to RT-Thread: the message queue under rpmsg_queue.
#
# An item is the struct of the original, 16 bytes: data (pointer), len u32, src u32.

import struct

from rtos_side.kernel.ipc import FIFO, MessageQueue
from rtos_side.rpmsg_lite.env import env_queue_ticks

_ITEM = "<QII"
_ITEM_SIZE = 16

# What is in the caller's struct when the receive has not filled it.
_NOTHING = (0, 0, 0)


class EnvQueue:
    def __init__(self, env, length):
        self.env = env
        self.mq = MessageQueue(env.kernel, "rpmsg-lite-queue", _ITEM_SIZE, length, FIFO)
        # Only interrupts put, and they do not nest: one buffer is enough.
        self.item = bytearray(_ITEM_SIZE)


# A queue of so many items, which messages of a vring go to.
def env_create_queue(env, length, vring):
    queue = EnvQueue(env, length)
    queue.mq.source = ("ring", vring)
    return queue


async def env_delete_queue(queue):
    await queue.mq.delete()


# Awaitable: 0 if there was room. Never waits, whatever timeout the original is given.
def env_put_queue(queue, data, length, src):
    struct.pack_into(_ITEM, queue.item, 0, data, length, src)
    return queue.mq.send(queue.item)


# The next item (data, length, src), or None when there is none within the timeout (ms).
#
# rt_mq_recv() answers a size, or a negative error, and the port takes anything but 0 for success.
# So with an empty queue a caller sees an item of zeros, unless the board asks for upstream's
# behaviour.
async def env_get_queue(queue, timeout_ms):
    env = queue.env
    item = bytearray(_ITEM_SIZE)
    size = await queue.mq.recv(item, env_queue_ticks(env, timeout_ms))
    if size < 0:
        return None if env.report_queue_errors else _NOTHING
    return struct.unpack(_ITEM, item)


# The original leaves this function out; this is upstream's.
def env_get_current_queue_size(queue):
    return queue.mq.entry
