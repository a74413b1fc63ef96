# SPDX-License-Identifier: Apache-2.0
# The JH-7110's RPMsg test: waits for Linux, announces "rpmsg_chrdev" and echoes what arrives.

from rtos_side.kernel.thread import Thread
from rtos_side.link import end_with_link, link_in_use, open_link
from rtos_side.rpmsg_lite.constants import RL_BLOCK, RL_NS_CREATE, RL_SUCCESS, RL_TRUE
from rtos_side.rpmsg_lite.rpmsg_lite import rpmsg_lite_create_ept, rpmsg_lite_send
from rtos_side.rpmsg_lite.rpmsg_ns import rpmsg_ns_announce, rpmsg_ns_bind
from rtos_side.rpmsg_lite.rpmsg_queue import (
    rpmsg_queue_create,
    rpmsg_queue_recv,
    rpmsg_queue_rx_cb,
)

COMMAND = ("rpmsg_linux_test", "receive data from linux then send back")

EPT_ADDR = 0x4004
EPT_NAME = "rpmsg_chrdev"

# RT_MAIN_THREAD_PRIORITY - 1.
PRIORITY = 9
STACK_SIZE = 4096
SLICE = 20


async def start(kernel, console):
    if await link_in_use(kernel, console):
        return

    def entry():
        return echo_by_copy(kernel, lambda: _bring_up(kernel, console))

    await Thread(kernel, COMMAND[0], entry, STACK_SIZE, PRIORITY, SLICE).startup()


# In the original the main thread brings the link up and then starts this thread for the loop.
# -> (dev, ept, queue), or None
async def _bring_up(kernel, console):
    config = kernel.board["rpmsg"]
    cpu_id = kernel.board["hart_id"]
    await console.write("rpmsg linux test: receive data from linux then send back\n")
    await console.write("rpmsg remote: remote core cpu_id-%d\n" % cpu_id)
    if "vring_base" in config:
        await console.write(
            "rpmsg remote: shmem_base-0x%x shmem_end-0x%x\n"
            % (config["vring_base"], config["shm_end"])
        )
    dev = await open_link(kernel)
    if dev is None:
        await console.write("rpmsg remote: no link\n")
        return None
    await console.write("rpmsg remote: link up! link_id-0x%x\n" % dev.link_id)

    async def ns_cb(new_ept, new_ept_name, flags, user_data):
        await console.write("rpmsg remote: name service callback cpu_id-%d\n" % cpu_id)
        await console.write("rpmsg remote: new_ept-0x%x name-%s\n" % (new_ept, new_ept_name))

    await rpmsg_ns_bind(dev, ns_cb, None)
    ept, queue = await open_endpoint(dev)
    if ept is None:
        await console.write("rpmsg remote: ept-0x%x is in use\n" % EPT_ADDR)
        return None
    return dev, ept, queue


# The announced endpoint and the queue that it fills: (ept, queue), or (None, queue).
async def open_endpoint(dev):
    queue = rpmsg_queue_create(dev)
    end_with_link(dev.env.kernel, queue)
    ept = await rpmsg_lite_create_ept(dev, EPT_ADDR, rpmsg_queue_rx_cb, queue)
    if ept is not None:
        await rpmsg_ns_announce(dev, ept, EPT_NAME, RL_NS_CREATE)
    return ept, queue


# Receives into a buffer of its own, sends from there, for ever; when the link has ended, on the
# next one. The thread's outermost coroutine, which the start-up is handed to: one more around it
# would be resumed at every access.
async def echo_by_copy(kernel, bring_up):
    app_loop = kernel.costs["app_loop"]
    spend = kernel.spend
    src = [0]
    length = [0]
    while True:
        link = await bring_up()
        if link is None:
            return
        dev, ept, queue = link
        size = dev.env.payload_size
        message = bytearray(size)
        while dev.link_state == RL_TRUE:
            status = await rpmsg_queue_recv(dev, queue, src, message, size, length, RL_BLOCK)
            await spend(app_loop)
            # The original does not look at the result, and sends an empty message after an error.
            if status == RL_SUCCESS:
                await rpmsg_lite_send(dev, ept, src[0], message, length[0], RL_BLOCK)
