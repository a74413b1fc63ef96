# SPDX-License-Identifier: Apache-2.0
# Echoes from the received buffers and never gives one back.

from rtos_side.apps.rpmsg_linux_test import open_endpoint
from rtos_side.hal import read_block
from rtos_side.kernel.thread import Thread
from rtos_side.link import open_link
from rtos_side.rpmsg_lite.constants import RL_BLOCK
from rtos_side.rpmsg_lite.rpmsg_lite import rpmsg_lite_send
from rtos_side.rpmsg_lite.rpmsg_queue import rpmsg_queue_recv_nocopy

COMMAND = ("hoarder", "echoes, and keeps every buffer that it receives")


async def start(kernel, console):
    async def reply():
        dev = await open_link(kernel)
        ept, queue = await open_endpoint(dev)
        src, length, data = [0], [0], [0]
        while True:
            await rpmsg_queue_recv_nocopy(dev, queue, src, data, length, RL_BLOCK)
            message = await read_block(data[0], length[0])
            await rpmsg_lite_send(dev, ept, src[0], message, length[0], RL_BLOCK)

    await Thread(kernel, "replier", reply, 4096, 9, 20).startup()
