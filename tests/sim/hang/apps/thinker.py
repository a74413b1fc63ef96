# SPDX-License-Identifier: Apache-2.0
# Echoes after a long think or a wait that times out, in turn: slow, and no hang.

from rtos_side.apps.rpmsg_linux_test import open_endpoint
from rtos_side.kernel.ipc import Semaphore
from rtos_side.kernel.thread import Thread
from rtos_side.link import open_link
from rtos_side.rpmsg_lite.constants import RL_BLOCK
from rtos_side.rpmsg_lite.rpmsg_lite import rpmsg_lite_send
from rtos_side.rpmsg_lite.rpmsg_queue import rpmsg_queue_recv

COMMAND = ("thinker", "echoes after a long think")

THINK_MS = 60


async def start(kernel, console):
    async def reply():
        dev = await open_link(kernel)
        ept, queue = await open_endpoint(dev)
        src, length, message = [0], [0], bytearray(dev.env.payload_size)
        never, timed = Semaphore(kernel, "never", 0), True
        while True:
            await rpmsg_queue_recv(dev, queue, src, message, len(message), length, RL_BLOCK)
            timed = not timed
            if timed:
                await never.take(kernel.clock.ticks(THINK_MS))
            else:
                await kernel.mdelay(THINK_MS)
            await rpmsg_lite_send(dev, ept, src[0], message, length[0], RL_BLOCK)

    await Thread(kernel, "replier", reply, 4096, 9, 20).startup()
