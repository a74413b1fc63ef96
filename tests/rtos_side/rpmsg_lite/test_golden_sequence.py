# SPDX-License-Identifier: Apache-2.0
# From reset to the first echo: every access of the remote to shared memory, one by one.

from remote_bench import BUFFERS, MAILBOX, Bench

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

TX_STATUS = MAILBOX
RX_STATUS = MAILBOX + 0x40
TX_CH = MAILBOX + 0xC0

READY, BUSY, DONE = 0, 1, 2


# One message out: buffer taken, filled, published with the buffer's whole length, kick on vector 0.
def sent(bench, index, dst, payload):
    buffer = BUFFERS + 512 * index
    desc, avail, used = bench.desc(0) + 16 * index, bench.avail(0), bench.used(0)
    return [
        ("R", avail + 2, 2, 2),
        ("R", avail + 4 + 2 * index, 2, index),
        ("R", desc, 8, buffer),
        ("R", desc + 8, 4, 512),
        ("W", buffer + 4, 4, dst),
        ("W", buffer, 4, ADDR),
        ("W", buffer + 12, 2, len(payload)),
        ("W", buffer + 14, 2, 0),
        ("w", buffer + 16, payload),
        ("R", used + 2, 2, index),
        ("W", used + 4 + 8 * index, 4, index),
        ("W", used + 8 + 8 * index, 4, 512),
        ("R", used + 2, 2, index),
        ("W", used + 2, 2, index + 1),
        ("R", used, 2, 0),
        ("W", TX_CH, 4, 0),
        ("W", TX_STATUS, 4, BUSY),
    ]


# The interrupt with one message in: the callback keeps the buffer and its index goes into the
# header.
def held(bench, tx_status, dst, length):
    buffer = BUFFERS + 1024
    desc, avail = bench.desc(1), bench.avail(1)
    return [
        ("R", TX_STATUS, 4, tx_status),
        ("R", RX_STATUS, 4, BUSY),
        ("W", RX_STATUS, 4, DONE),
        ("R", avail + 2, 2, 1),
        ("R", avail + 4, 2, 0),
        ("R", desc, 8, buffer),
        ("R", desc + 8, 4, 16 + length),
        ("R", buffer + 4, 4, dst),
        ("R", buffer + 12, 2, length),
        ("R", buffer, 4, SRC),
        ("W", buffer + 10, 2, 0),
        ("R", avail + 2, 2, 1),
    ]


# The thread's half: message copied, descriptor returned with its own length, kick on vector 1
# (which leaves the mailbox's status alone).
def received(bench, payload):
    buffer = BUFFERS + 1024
    desc, used = bench.desc(1), bench.used(1)
    return [
        ("r", buffer + 16, payload),
        ("R", buffer + 10, 2, 0),
        ("R", desc + 8, 4, 16 + len(payload)),
        ("R", used + 2, 2, 0),
        ("W", used + 4, 4, 0),
        ("W", used + 8, 4, 16 + len(payload)),
        ("R", used + 2, 2, 0),
        ("W", used + 2, 2, 1),
        ("R", used, 2, 0),
        ("W", TX_CH, 4, 1 << 16),
    ]


def test_from_reset_to_the_first_echo():
    bench = Bench()

    async def ns_cb(new_ept, new_ept_name, flags, user_data):
        raise AssertionError("nobody announced anything")

    async def body():
        dev = await bench.remote_init()
        assert bench.take_log() == [("W", RX_STATUS, 4, READY), ("W", TX_STATUS, 4, READY)]

        await bench.wait_for_link(dev)
        assert bench.take_log() == [("R", TX_STATUS, 4, READY), ("R", RX_STATUS, 4, READY)]

        await rpmsg_ns_bind(dev, ns_cb, None)
        queue = rpmsg_queue_create(dev)
        ept = await rpmsg_lite_create_ept(dev, ADDR, rpmsg_queue_rx_cb, queue)
        assert bench.take_log() == []
        assert bench.kicks == 0

        assert await rpmsg_ns_announce(dev, ept, "rpmsg_chrdev", RL_NS_CREATE) == RL_SUCCESS
        announcement = bytes(ns_message("rpmsg_chrdev", ADDR, RL_NS_CREATE))
        assert bench.take_log() == sent(bench, 0, 0x35, announcement)
        assert bench.kicks == 1

        payload = b"hello there 0!"
        await bench.deliver(SRC, ADDR, payload)
        assert bench.take_log() == held(bench, BUSY, ADDR, len(payload))
        assert bench.kicks == 1

        data = bytearray(496)
        src = [0]
        length = [0]
        await rpmsg_queue_recv(dev, queue, src, data, 496, length, RL_BLOCK)
        assert bench.take_log() == received(bench, payload)
        assert bench.kicks == 2

        await rpmsg_lite_send(dev, ept, src[0], data, length[0], RL_BLOCK)
        assert bench.take_log() == sent(bench, 1, SRC, payload)
        assert bench.kicks == 3

    bench.run(body)


# With the notification of consumed buffers off, giving a buffer back is silent.
def test_without_consumed_notification_a_release_does_not_kick():
    bench = Bench(consumed_notify=False)

    async def body():
        dev = await bench.link_up()
        queue = rpmsg_queue_create(dev)
        await rpmsg_lite_create_ept(dev, ADDR, rpmsg_queue_rx_cb, queue)
        await bench.deliver(SRC, ADDR, b"hello")
        bench.take_log()
        await rpmsg_queue_recv(dev, queue, None, bytearray(5), 5, None, RL_BLOCK)
        assert bench.take_log() == received(bench, b"hello")[:-2]
        assert bench.kicks == 0

    bench.run(body)
