# SPDX-License-Identifier: Apache-2.0
# Brings the rpmsg link up, the same way on every board: what apps and services call.

from rtos_side.rpmsg_lite.constants import RL_BLOCK, RL_NO_FLAGS
from rtos_side.rpmsg_lite.env import env_init
from rtos_side.rpmsg_lite.rpmsg_lite import (
    rpmsg_lite_deinit,
    rpmsg_lite_remote_init,
    rpmsg_lite_wait_for_link_up,
)


# The rpmsg-lite instance with its link up, or None. Waits for Linux as long as it takes.
#
# Where the system has services of its own (V821) they bring the link up before any app, for the
# first channel has to be theirs: then this waits for them, and everybody gets the same instance.
async def open_link(kernel):
    if kernel.amp is not None:
        return await kernel.amp.wait_for_link()
    return await bring_up(kernel)


# Let a queue end with its link where links end: whoever waits for a message gets an error then.
def end_with_link(kernel, queue):
    if kernel.amp is not None:
        kernel.amp.queues.append(queue)


# Make the instance and wait until Linux is there.
async def bring_up(kernel):
    env = env_init(kernel)
    base = env.platform.platform_shmem(env)
    dev = await rpmsg_lite_remote_init(base, env.config["link_id"], RL_NO_FLAGS, kernel)
    # The original passes 0, as its port does not look at the timeout.
    if dev is None:
        return None
    if not await rpmsg_lite_wait_for_link_up(dev, RL_BLOCK):
        await rpmsg_lite_deinit(dev)
        return None
    return dev


# Where the link can have one user only, a second start from the shell would take the interrupt
# vectors away from the first: says so. -> True if the link is taken
async def link_in_use(kernel, console):
    env = env_init(kernel)
    if env.platform.SHARED_LINK or not any(env.isr_table):
        return False
    await console.write("rpmsg remote: the link is in use\n")
    return True
