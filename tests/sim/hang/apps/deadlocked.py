# SPDX-License-Identifier: Apache-2.0
# Echoes under two locks that another thread takes in the other order.

from rtos_side.apps.rpmsg_linux_test import open_endpoint
from rtos_side.kernel.ipc import Mutex
from rtos_side.kernel.thread import Thread
from rtos_side.link import open_link
from rtos_side.rpmsg_lite.constants import RL_BLOCK
from rtos_side.rpmsg_lite.rpmsg_lite import rpmsg_lite_send
from rtos_side.rpmsg_lite.rpmsg_queue import rpmsg_queue_recv

COMMAND = ("deadlocked", "echoes under two locks that a second thread takes the other way round")


async def start(kernel, console):
    state, log = Mutex(kernel, "state"), Mutex(kernel, "log")

    async def reply():
        dev = await open_link(kernel)
        ept, queue = await open_endpoint(dev)
        src, length, message = [0], [0], bytearray(dev.env.payload_size)
        while True:
            await rpmsg_queue_recv(dev, queue, src, message, len(message), length, RL_BLOCK)
            await state.take()
            await log.take()
            await rpmsg_lite_send(dev, ept, src[0], message, length[0], RL_BLOCK)
            await log.release()
            await state.release()

    async def write_log():
        await log.take()
        await kernel.mdelay(40)
        await state.take()

    await Thread(kernel, "replier", reply, 4096, 9, 20).startup()
    await Thread(kernel, "logger", write_log, 4096, 10, 20).startup()
