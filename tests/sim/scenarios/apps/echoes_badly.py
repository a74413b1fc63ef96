# SPDX-License-Identifier: Apache-2.0
# An echo with three faults in each of its lives: it swallows a message, sends one twice, and keeps
# one in memory that no restart clears, for the life that follows.

from rtos_side.apps.rpmsg_linux_test import PRIORITY, SLICE, STACK_SIZE, open_endpoint
from rtos_side.hal import read32, read_block, write32, write_block
from rtos_side.kernel.thread import Thread
from rtos_side.link import open_link
from rtos_side.rpmsg_lite.constants import RL_BLOCK, RL_SUCCESS
from rtos_side.rpmsg_lite.rpmsg_lite import rpmsg_lite_send
from rtos_side.rpmsg_lite.rpmsg_queue import rpmsg_queue_recv

COMMAND = ("echoes_badly", "an echo that Linux must not trust")

SWALLOWED, KEPT, DOUBLED = 7, 9, 10

# The length of what is kept, and its bytes: in RPBuf's memory, which nobody uses here.
LENGTH = 0x81690000
BYTES = 0x81690010


async def start(kernel, console):
    async def entry():
        dev = await open_link(kernel)
        ept, queue = await open_endpoint(dev)
        size = dev.env.payload_size
        message = bytearray(size)
        src, length = [0], [0]

        async def send(data):
            await rpmsg_lite_send(dev, ept, src[0], data, len(data), RL_BLOCK)

        number = 0
        status = RL_SUCCESS
        while status == RL_SUCCESS:
            status = await rpmsg_queue_recv(dev, queue, src, message, size, length, RL_BLOCK)
            number += 1
            data = message[: length[0]]
            if number == 1:
                old = await read32(LENGTH)
                if old:
                    await send(bytearray(await read_block(BYTES, old)))
            if number != SWALLOWED:
                await send(data)
            if number == DOUBLED:
                await send(data)
            if number == KEPT:
                await write_block(BYTES, data)
                await write32(LENGTH, len(data))

    await Thread(kernel, "echo", entry, STACK_SIZE, PRIORITY, SLICE).startup()
