# SPDX-License-Identifier: Apache-2.0
# An echo that dies at its first message.

from rtos_side.apps.rpmsg_linux_test import PRIORITY, SLICE, STACK_SIZE, open_endpoint
from rtos_side.kernel.thread import Thread
from rtos_side.link import open_link
from rtos_side.rpmsg_lite.constants import RL_BLOCK
from rtos_side.rpmsg_lite.rpmsg_queue import rpmsg_queue_recv
from rtos_side.services.crash import FAULT, crash

COMMAND = ("echo_that_faults", "takes a message and the hart down with it")


async def start(kernel, console):
    async def entry():
        dev = await open_link(kernel)
        _, queue = await open_endpoint(dev)
        size = dev.env.payload_size
        await rpmsg_queue_recv(dev, queue, [0], bytearray(size), size, [0], RL_BLOCK)
        await crash(kernel, FAULT)

    await Thread(kernel, "echo", entry, STACK_SIZE, PRIORITY, SLICE).startup()
