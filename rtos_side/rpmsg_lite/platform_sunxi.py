# SPDX-License-Identifier: Apache-2.0
# V821: Linux's remoteproc sets up the rings through the resource table, the MSGBOX carries kicks.
#
# A word on the rpmsg channel is the notify id of a ring; 0xFFFFFFFF means every ring (open-amp,
# remoteproc_get_notification). One word more asks this side to stop. The vectors of rpmsg-lite are
# the notify ids that Linux has written into the table.

from rtos_side.hal import const
from rtos_side.rpmsg_lite.env import (
    ISR_COUNT,
    env_isr,
    env_register_isr,
    env_set_ready,
    env_unregister_isr,
)
from rtos_side.rpmsg_lite.resource_table import driver_ok, find_vdev, read_vdev

# Apps and the system's own services use the same instance.
SHARED_LINK = True

WORD_ALL = const(0xFFFFFFFF)
WORD_STOP = const(0xF3F30301)

WAITING = "Wait connected to remote master\n"


# What rpmsg_lite_remote_init() is called with: the table, as nobody knows the rings before Linux.
def platform_shmem(env):
    return env.config["resource_table"]


# Takes over the rpmsg channel and waits until Linux's driver is ready (status polled each 1 ms, as
# rproc_virtio_wait_remote_ready does). Only then the table says where the rings are. That counts as
# link up: the kick that follows may have come before anybody listened.
async def platform_init(env):
    kernel = env.kernel
    env.channel = env.config["msgbox"]["channel"]
    await kernel.msgbox.listen(env.channel, lambda word: _received(env, word))
    env.vdev_address = await find_vdev(env.config["resource_table"])
    if not await driver_ok(env.vdev_address):
        await kernel.console.write(WAITING)
        kernel.looks_for(("driver", env.vdev_address))
        while True:
            await kernel.mdelay(1)
            if await driver_ok(env.vdev_address):
                break
        kernel.looks_for(None)
    env.vdev = await read_vdev(env.vdev_address)
    await env_set_ready(env)


# Whether Linux still has its driver.
def platform_link_alive(env):
    return driver_ok(env.vdev_address)


def platform_get_vrings(env, shmem_addr, link_id):
    aligned = env.config["avail_aligned"]
    return [(v.notifyid, v.da, v.num, v.align, aligned) for v in env.vdev.vrings]


def platform_init_interrupt(env, vector_id, isr_data):
    env_register_isr(env, vector_id, isr_data)
    return 0


def platform_deinit_interrupt(env, vector_id):
    env_unregister_isr(env, vector_id)
    return 0


# What is called for a kick is the driver's own generator.
def platform_notify(vq):
    env = vq.priv.env
    return env.kernel.msgbox.send(env.channel, vq.vq_queue_index)


# In the receive interrupt.
def _received(env, word):
    if word == WORD_STOP:
        return env.kernel.amp.request_stop()
    if word == WORD_ALL:
        return _notify_all(env)
    return env_isr(env, word)


async def _notify_all(env):
    for vector in range(ISR_COUNT):
        await env_isr(env, vector)
