# SPDX-License-Identifier: Apache-2.0
# V821, from reset to the first echo: every access of the remote to table, rings, buffers, MSGBOX.

from v821_bench import LOCAL, REMOTE, Bench
from v821_linux import BUFFERS, NUM, TABLE, VDEV, VRING0, VRING1

from rtos_side.link import bring_up
from rtos_side.rpmsg_lite.constants import RL_BLOCK, RL_NS_CREATE, RL_SUCCESS
from rtos_side.rpmsg_lite.layout import ns_message
from rtos_side.rpmsg_lite.rpmsg_lite import rpmsg_lite_create_ept, rpmsg_lite_send
from rtos_side.rpmsg_lite.rpmsg_ns import rpmsg_ns_announce, rpmsg_ns_bind
from rtos_side.rpmsg_lite.rpmsg_queue import (
    rpmsg_queue_create,
    rpmsg_queue_recv,
    rpmsg_queue_rx_cb,
)

ADDR = 0x4004
SRC = 1024
TX_BUFFER = BUFFERS + 512 * NUM

AVAIL = 16 * NUM
USED = 0x1000
STATUS = VDEV + 24


def avail(ring):
    return ring + AVAIL


def used(ring):
    return ring + USED


# One message out: taken, filled, published with the buffer's whole length, kick for ring 0.
def sent(index, dst, payload, words=(0, 1)):
    buffer = BUFFERS + 512 * index
    return [
        ("R", avail(VRING0) + 2, 2, NUM),
        ("R", avail(VRING0) + 4 + 2 * index, 2, index),
        ("R", VRING0 + 16 * index, 8, buffer),
        ("R", VRING0 + 16 * index + 8, 4, 512),
        ("W", buffer + 4, 4, dst),
        ("W", buffer, 4, ADDR),
        ("W", buffer + 12, 2, len(payload)),
        ("W", buffer + 14, 2, 0),
        ("w", buffer + 16, payload),
        ("R", used(VRING0) + 2, 2, index),
        ("W", used(VRING0) + 4 + 8 * index, 4, index),
        ("W", used(VRING0) + 8 + 8 * index, 4, 512),
        ("R", used(VRING0) + 2, 2, index),
        ("W", used(VRING0) + 2, 2, index + 1),
        ("R", used(VRING0), 2, 0),
        ("R", REMOTE + 0x60, 4, 0),
        ("W", REMOTE + 0x70, 4, words[0]),
    ]


# The receive interrupt with one message: MSGBOX emptied, buffer held for the thread.
def held(word, dst, length):
    return [
        ("R", LOCAL + 0x24, 4, 1),
        ("R", LOCAL + 0x60, 4, 1),
        ("R", LOCAL + 0x70, 4, word),
        ("R", avail(VRING1) + 2, 2, 1),
        ("R", avail(VRING1) + 4, 2, 0),
        ("R", VRING1, 8, TX_BUFFER),
        ("R", VRING1 + 8, 4, 16 + length),
        ("R", TX_BUFFER + 4, 4, dst),
        ("R", TX_BUFFER + 12, 2, length),
        ("R", TX_BUFFER, 4, SRC),
        ("W", TX_BUFFER + 10, 2, 0),
        ("R", avail(VRING1) + 2, 2, 1),
        ("R", LOCAL + 0x60, 4, 0),
        ("W", LOCAL + 0x24, 4, 1),
    ]


# The thread's half: copied, descriptor returned with its own length, kick for ring 1.
def received(payload, word):
    return [
        ("r", TX_BUFFER + 16, payload),
        ("R", TX_BUFFER + 10, 2, 0),
        ("R", VRING1 + 8, 4, 16 + len(payload)),
        ("R", used(VRING1) + 2, 2, 0),
        ("W", used(VRING1) + 4, 4, 0),
        ("W", used(VRING1) + 8, 4, 16 + len(payload)),
        ("R", used(VRING1) + 2, 2, 0),
        ("W", used(VRING1) + 2, 2, 1),
        ("R", used(VRING1), 2, 0),
        ("R", REMOTE + 0x60, 4, 0),
        ("W", REMOTE + 0x70, 4, word),
    ]


# Channel taken over, table walked: what there is before Linux is ready.
def table_walk(bench):
    block = bench.memory.get_block
    return [
        ("R", LOCAL + 0x60, 4, 0),
        ("W", LOCAL + 0x24, 4, 1),
        ("W", LOCAL + 0x20, 4, 1),
        ("r", TABLE, block(TABLE, 16)),
        ("r", TABLE + 16, block(TABLE + 16, 8)),
        ("r", TABLE + 0x20, block(TABLE + 0x20, 8)),
        ("r", VDEV, block(VDEV, 8)),
        ("R", STATUS, 1, 0),
    ]


async def open_echo(dev):
    queue = rpmsg_queue_create(dev)
    return await rpmsg_lite_create_ept(dev, ADDR, rpmsg_queue_rx_cb, queue), queue


def check_from_reset_to_echo(notify_ids):
    bench = Bench()
    linux = bench.linux
    linux.notify_ids = notify_ids
    linked = []

    async def opener():
        linked.append(await bring_up(bench.kernel))

    async def ns_cb(new_ept, new_ept_name, flags, user_data):
        raise AssertionError("nobody announced anything")

    async def body():
        linux.prepare()
        bench.take_log()
        await bench.start_thread("opener", opener, 4)
        log = bench.take_log()
        assert log[:8] == table_walk(bench)
        text = b"Wait connected to remote master\n\0"
        assert log[8:] == [("w", 0x81360000, text)]
        await bench.ms(3)
        # One look each millisecond.
        log = bench.take_log()
        assert 2 <= len(log) <= 4 and set(log) == {("R", STATUS, 1, 0)}
        assert linked == []

        linux.probe()
        await bench.ms(2)
        dev = linked[0]
        log = bench.take_log()
        assert log[-2:] == [
            ("R", STATUS, 1, 7),
            ("r", VDEV, bench.memory.get_block(VDEV, 68)),
        ], log
        assert (dev.tvq.vq_queue_index, dev.rvq.vq_queue_index) == notify_ids
        assert bench.kicks() == []

        await rpmsg_ns_bind(dev, ns_cb, None)
        ept, queue = await open_echo(dev)
        assert bench.take_log() == []

        assert await rpmsg_ns_announce(dev, ept, "rpmsg_chrdev", RL_NS_CREATE) == RL_SUCCESS
        announcement = bytes(ns_message("rpmsg_chrdev", ADDR, RL_NS_CREATE))
        assert bench.take_log() == sent(0, 0x35, announcement, notify_ids)
        assert bench.kicks() == [notify_ids[0]]

        payload = b"hello there 0!"
        linux.send(SRC, ADDR, payload)
        await bench.kernel.spend(1)
        assert bench.take_log() == held(notify_ids[1], ADDR, len(payload))
        assert bench.kicks() == []

        data = bytearray(496)
        src = [0]
        length = [0]
        await rpmsg_queue_recv(dev, queue, src, data, 496, length, RL_BLOCK)
        assert bench.take_log() == received(payload, notify_ids[1])
        assert bench.kicks() == [notify_ids[1]]

        await rpmsg_lite_send(dev, ept, src[0], data, length[0], RL_BLOCK)
        assert bench.take_log() == sent(1, SRC, payload, notify_ids)
        assert bench.kicks() == [notify_ids[0]]

    bench.run(body, keep_kicks=True)


def test_from_reset_to_the_first_echo():
    check_from_reset_to_echo((0, 1))


# The ids are Linux's, whatever they are: not those of the firmware, not the numbers of the rings.
def test_kicks_carry_the_notify_ids_of_the_table():
    check_from_reset_to_echo((5, 3))


# The four steps of a message, each with vring and descriptor.
def test_a_message_has_four_events():
    bench = Bench()

    async def body():
        bench.linux.probe()
        dev = await bring_up(bench.kernel)
        ept, _ = await open_echo(dev)
        bench.machine.hart.events.clear()
        for _ in range(2):
            await rpmsg_lite_send(dev, ept, SRC, b"x", 1, RL_BLOCK)
        names = ("msg_alloc", "msg_fill", "msg_send", "msg_kick")
        marks = [event[1:] for event in bench.machine.hart.events if event[1] in names]
        assert marks == [(name, 0, index) for index in (0, 1) for name in names]

    bench.run(body)
