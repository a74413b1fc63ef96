# SPDX-License-Identifier: Apache-2.0
# Echoes, and breaks one rule of the protocol: which, the test writes into FAULT.

import struct

from rtos_side.apps import rpmsg_linux_test
from rtos_side.hal import read16, write8, write16
from rtos_side.rpmsg_lite import rpmsg_lite
from rtos_side.rpmsg_lite.constants import RL_BLOCK, RL_NS_CREATE
from rtos_side.rpmsg_lite.rpmsg_ns import rpmsg_ns_announce

FAULT = "none"
COMMAND = ("faulty", "echoes, and breaks a rule")

add_consumed_buffer = rpmsg_lite.virtqueue_add_consumed_buffer
kick = rpmsg_lite.virtqueue_kick
write_message = rpmsg_lite.write_message
open_endpoint = rpmsg_linux_test.open_endpoint
last = [0]


def message(buffer, src, dst, size, flags, payload):
    last[0] = buffer
    if FAULT == "header-flags":
        flags = 1
    elif FAULT == "message-incomplete":
        payload = memoryview(payload)[: size // 2]
    return write_message(buffer, src, dst, size, flags, payload)


async def kick_late(vq):
    if last[0]:
        await write8(last[0] + 16, 0x21)
    await kick(vq)


async def kick_twice(vq):
    await kick(vq)
    await kick(vq)


async def consumed_too_long(vq, idx, length):
    await add_consumed_buffer(vq, idx, length + 4096)


async def bad_names(dev, ept):
    def announcement(name, addr, flags):
        return struct.pack("<32sII", name, addr, flags)

    messages = (
        announcement(b"anywhere", 0xFFFFFFFF, 0),
        announcement(b"", 0x70, 0),
        announcement(b"twice", ept.addr, 0),
        announcement(b"twice", ept.addr, 0),
        announcement(b"flags", 0x71, 2),
        announcement(b"never there", 0x72, 1),
        announcement(b"short", 0x73, 0)[:39],
    )
    for message in messages:
        await rpmsg_lite.rpmsg_lite_send(dev, ept, 53, message, len(message), RL_BLOCK)


async def open_and_misbehave(dev):
    ept, queue = await open_endpoint(dev)
    if FAULT == "name-unterminated":
        await rpmsg_ns_announce(dev, ept, "n" * 32, RL_NS_CREATE)
    elif FAULT == "names":
        await bad_names(dev, ept)
    elif FAULT == "name-address-in-use":
        await rpmsg_ns_announce(dev, ept, "another", RL_NS_CREATE)
    elif FAULT == "message-dead-endpoint":
        await rpmsg_lite.rpmsg_lite_send(dev, ept, 0x999, b"lost", 4, RL_BLOCK)
    elif FAULT == "ring-driver-part-written-by-device":
        flags = dev.rvq.load_avail_idx[1] - 2
        await write16(flags, await read16(flags))
    return ept, queue


async def start(kernel, console):
    rpmsg_lite.write_message = message
    if FAULT == "buffer-written-after-publish":
        rpmsg_lite.virtqueue_kick = kick_late
    elif FAULT == "kick-without-publish":
        rpmsg_lite.virtqueue_kick = kick_twice
    elif FAULT == "ring-used-length":
        rpmsg_lite.virtqueue_add_consumed_buffer = consumed_too_long
    rpmsg_linux_test.open_endpoint = open_and_misbehave
    await rpmsg_linux_test.start(kernel, console)
