# SPDX-License-Identifier: Apache-2.0
# Echo service: sends every message back to where it came from, by copy or from buffer to buffer.

from rtos_side.apps.rpmsg_linux_test import (
    PRIORITY,
    SLICE,
    STACK_SIZE,
    echo_by_copy,
    open_endpoint,
)
from rtos_side.hal import read_block, write_block
from rtos_side.kernel.thread import Thread
from rtos_side.link import link_in_use, open_link
from rtos_side.rpmsg_lite.constants import RL_BLOCK, RL_SUCCESS, RL_TRUE
from rtos_side.rpmsg_lite.rpmsg_lite import rpmsg_lite_alloc_tx_buffer, rpmsg_lite_send_nocopy
from rtos_side.rpmsg_lite.rpmsg_queue import rpmsg_queue_nocopy_free, rpmsg_queue_recv_nocopy

COMMAND = ("echo_service", "send every rpmsg message back [copy|nocopy]")


# zero_copy: fill the transmit buffer in place instead of through a buffer of the app. Without the
# argument the board's "zero_copy" decides, and that is off unless it says otherwise.
async def start(kernel, console, zero_copy=None):
    if zero_copy is None:
        zero_copy = kernel.board.get("zero_copy", False)
    if await link_in_use(kernel, console):
        return

    def entry():
        loop = echo_in_place if zero_copy else echo_by_copy
        return loop(kernel, lambda: _bring_up(kernel, console))

    await Thread(kernel, "echo", entry, STACK_SIZE, PRIORITY, SLICE).startup()


async def command(kernel, console, arguments):
    await start(kernel, console, "nocopy" in arguments)


# -> (dev, ept, queue), or None
async def _bring_up(kernel, console):
    dev = await open_link(kernel)
    if dev is None:
        await console.write("echo: no link\n")
        return None
    ept, queue = await open_endpoint(dev)
    if ept is None:
        await console.write("echo: the endpoint's address is in use\n")
        return None
    return dev, ept, queue


# From the receive buffer straight into the transmit buffer.
async def echo_in_place(kernel, bring_up):
    app_loop = kernel.costs["app_loop"]
    spend = kernel.spend
    src = [0]
    length = [0]
    data = [0]
    room = [0]
    while True:
        link = await bring_up()
        if link is None:
            return
        dev, ept, queue = link
        while dev.link_state == RL_TRUE:
            status = await rpmsg_queue_recv_nocopy(dev, queue, src, data, length, RL_BLOCK)
            await spend(app_loop)
            # The port reports a failed receive as a message at address 0.
            if status != RL_SUCCESS or data[0] == 0:
                continue
            message = await rpmsg_lite_alloc_tx_buffer(dev, room, RL_BLOCK)
            # Without one the link has ended, and the received buffer with it.
            if message is None:
                continue
            size = min(length[0], room[0])
            if size:
                await write_block(message, await read_block(data[0], size))
            await rpmsg_lite_send_nocopy(dev, ept, src[0], message, size)
            await rpmsg_queue_nocopy_free(dev, data[0])
