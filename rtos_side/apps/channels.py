# SPDX-License-Identifier: Apache-2.0
# The channels that drivers of the mainline kernel bind to by name, each with an endpoint that sends
# everything back: rpmsg_client_sample, rpmsg_char and rpmsg_tty.

from rtos_side.hal import STORE, coroutine, wait
from rtos_side.kernel.thread import Thread
from rtos_side.link import end_with_link, link_in_use, open_link
from rtos_side.rpmsg_lite.constants import RL_BLOCK, RL_NS_CREATE, RL_SUCCESS, RL_TRUE
from rtos_side.rpmsg_lite.layout import VRING_USED_F_NO_NOTIFY
from rtos_side.rpmsg_lite.rpmsg_lite import rpmsg_lite_create_ept, rpmsg_lite_send
from rtos_side.rpmsg_lite.rpmsg_ns import rpmsg_ns_announce
from rtos_side.rpmsg_lite.rpmsg_queue import (
    rpmsg_queue_create,
    rpmsg_queue_recv,
    rpmsg_queue_rx_cb,
)

COMMAND = ("channels", "announce the channels of Linux's own drivers, send back what arrives")

NAMES = ("rpmsg-client-sample", "rpmsg-raw", "rpmsg-tty")
FIRST_ADDR = 0x400

PRIORITY = 9
STACK_SIZE = 4096
SLICE = 20


async def start(kernel, console):
    if await link_in_use(kernel, console):
        return
    await Thread(kernel, COMMAND[0], lambda: _run(kernel), STACK_SIZE, PRIORITY, SLICE).startup()


# One endpoint, queue and thread a channel, as long as the link lasts.
async def _run(kernel):
    while True:
        dev = await open_link(kernel)
        if dev is None:
            return
        for i, name in enumerate(NAMES):
            ept = await _open(kernel, dev, FIRST_ADDR + i, name)
            await rpmsg_ns_announce(dev, ept, name, RL_NS_CREATE)
        while dev.link_state == RL_TRUE:
            await kernel.mdelay(10)


# -> the endpoint
async def _open(kernel, dev, address, name):
    queue = rpmsg_queue_create(dev)
    end_with_link(kernel, queue)
    ept = await rpmsg_lite_create_ept(dev, address, rpmsg_queue_rx_cb, queue)

    def entry():
        return _echo(kernel, dev, ept, queue)

    await Thread(kernel, name[6:], entry, STACK_SIZE, PRIORITY, SLICE).startup()
    return ept


async def _echo(kernel, dev, ept, queue):
    size = dev.env.payload_size
    message = bytearray(size)
    src = [0]
    length = [0]
    # A remote that dies: after so many messages on a channel the hart does not wake up again.
    left = kernel.board.get("stop_after", -1)
    # One that after so many wants no kick any more for the buffers that Linux offers again.
    wanted = kernel.board.get("no_kick_after", -1)
    quiet = False
    while dev.link_state == RL_TRUE:
        status = await rpmsg_queue_recv(dev, queue, src, message, size, length, RL_BLOCK)
        await kernel.spend(kernel.costs["app_loop"])
        if left == 0:
            await wait(-1, 0)
        left -= 1
        if wanted == 0:
            await _want_no_kick(dev.tvq)
            quiet = True
        wanted -= 1
        if status == RL_SUCCESS:
            await rpmsg_lite_send(dev, ept, src[0], message, length[0], RL_BLOCK)
            if quiet:
                await _kick(dev.tvq)


@coroutine
def _want_no_kick(vq):
    _, used_flags, size = vq.load_used_flags
    yield (STORE, used_flags, size, VRING_USED_F_NO_NOTIFY)


# rpmsg-lite looks at the same flag before it kicks, and does not any more.
@coroutine
def _kick(vq):
    yield from vq.notify_fc(vq)
