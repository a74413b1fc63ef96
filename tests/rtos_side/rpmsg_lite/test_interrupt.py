# SPDX-License-Identifier: Apache-2.0
# The interrupt from Linux: mailbox states, callbacks in interrupt context, kicks for freed buffers.

from remote_bench import MAILBOX, Bench

from rtos_side.rpmsg_lite.constants import RL_BLOCK, RL_FALSE, RL_HOLD, RL_RELEASE, RL_TRUE
from rtos_side.rpmsg_lite.rpmsg_lite import (
    rpmsg_lite_create_ept,
    rpmsg_lite_deinit,
    rpmsg_lite_is_link_up,
    rpmsg_lite_release_rx_buffer,
    rpmsg_lite_send,
)

SRC = 1024
RX_STATUS = MAILBOX + 0x40


# An IPI without mail is read and forgotten; the mailbox keeps its words.
def test_a_bare_ipi_reads_both_states_and_writes_neither():
    bench = Bench()

    async def body():
        await bench.link_up()
        for tx_status, rx_status in ((0, 0), (1, 2)):
            bench.memory.put(MAILBOX, 4, tx_status)
            bench.memory.put(RX_STATUS, 4, rx_status)
            bench.take_log()
            await bench.ipi()
            assert bench.take_log() == [
                ("R", MAILBOX, 4, tx_status),
                ("R", RX_STATUS, 4, rx_status),
            ]

    bench.run(body)


# Linux has taken the last message: vector 0 is notified, which is what sets the link state
# upstream.
def test_done_makes_the_mailbox_ready_and_the_link_up():
    bench = Bench()

    async def body():
        dev = await bench.remote_init()
        bench.take_log()
        bench.memory.put(MAILBOX, 4, 2)
        assert rpmsg_lite_is_link_up(dev) == RL_FALSE
        await bench.ipi()
        assert rpmsg_lite_is_link_up(dev) == RL_TRUE
        assert bench.take_log() == [
            ("R", MAILBOX, 4, 2),
            ("W", MAILBOX, 4, 0),
            ("R", RX_STATUS, 4, 0),
        ]

    bench.run(body)


# Messages are handled before the link is up, only sending has to wait for it.
def test_a_message_before_the_link_is_received_and_does_not_set_it():
    bench = Bench()
    seen = []

    async def record(payload, payload_len, src, priv):
        seen.append((src, payload_len, priv))
        return RL_RELEASE

    async def body():
        dev = await bench.remote_init()
        await rpmsg_lite_create_ept(dev, 7, record, "priv")
        await bench.deliver(SRC, 7, b"early")
        assert seen == [(SRC, 5, "priv")]
        assert rpmsg_lite_is_link_up(dev) == RL_FALSE

    bench.run(body)


# One interrupt drains the ring; with buffers given back there is one kick, at the end.
def test_one_interrupt_handles_every_message_and_kicks_once():
    bench = Bench()
    seen = []

    async def record(payload, payload_len, src, priv):
        seen.append(bench.memory.get_block(payload, payload_len))
        return RL_RELEASE

    async def body():
        dev = await bench.link_up()
        await rpmsg_lite_create_ept(dev, 7, record, None)
        bench.master.send(SRC, 7, b"one")
        await bench.deliver(SRC, 7, b"two")
        assert seen == [b"one", b"two"]
        assert bench.kicks == 1
        assert bench.memory.get(MAILBOX + 0xC0, 4) == 1 << 16
        assert bench.memory.get(MAILBOX, 4) == 0
        bench.master.reclaim()
        assert sorted(bench.master.free) == [0, 1]

    bench.run(body)


def test_freed_buffers_are_not_announced_without_consumed_notification():
    bench = Bench(consumed_notify=False)

    async def release(payload, payload_len, src, priv):
        return RL_RELEASE

    async def body():
        dev = await bench.link_up()
        await rpmsg_lite_create_ept(dev, 7, release, None)
        await bench.deliver(SRC, 7, b"one")
        assert bench.kicks == 0
        bench.master.reclaim()
        assert sorted(bench.master.free) == [0, 1]

    bench.run(body)


def test_held_buffers_come_back_in_the_order_of_release():
    bench = Bench()
    kept = []

    async def hold(payload, payload_len, src, priv):
        kept.append(payload)
        return RL_HOLD

    async def body():
        dev = await bench.link_up()
        await rpmsg_lite_create_ept(dev, 7, hold, None)
        await bench.deliver(SRC, 7, b"one")
        await bench.deliver(SRC, 7, b"two")
        bench.master.reclaim()
        assert bench.master.free == []
        assert not bench.master.send(SRC, 7, b"three")
        for payload in reversed(kept):
            await rpmsg_lite_release_rx_buffer(dev, payload)
        bench.master.reclaim()
        assert bench.master.free == [1, 0]

    bench.run(body)


# An echo without a queue: sent from the callback, before the received buffer goes back.
def test_a_callback_may_send():
    bench = Bench()
    ends = []

    async def echo(payload, payload_len, src, priv):
        data = bench.memory.get_block(payload, payload_len)
        status = await rpmsg_lite_send(ends[0], ends[1], src, data, payload_len, 0)
        assert status == 0
        bench.master.reclaim()
        assert bench.master.free == [1]
        return RL_RELEASE

    async def body():
        dev = await bench.link_up()
        ends.append(dev)
        ends.append(await rpmsg_lite_create_ept(dev, 7, echo, None))
        await bench.deliver(SRC, 7, b"ping")
        assert bench.master.receive() == (7, SRC, b"ping")
        assert bench.kicks == 2

    bench.run(body)


# The handler stays installed after deinit, the vectors do not.
def test_nothing_is_received_after_deinit():
    bench = Bench()

    async def never(payload, payload_len, src, priv):
        raise AssertionError("called after deinit")

    async def body():
        dev = await bench.link_up()
        await rpmsg_lite_create_ept(dev, 7, never, None)
        await rpmsg_lite_deinit(dev)
        bench.take_log()
        await bench.deliver(SRC, 7, b"late")
        assert bench.take_log() == [
            ("R", MAILBOX, 4, 0),
            ("R", RX_STATUS, 4, 1),
            ("W", RX_STATUS, 4, 2),
        ]

    bench.run(body)


# A remote that restarts alone begins at index 0 again and reads entries that it had taken before.
def test_a_restarted_remote_reads_old_entries_again():
    bench = Bench()
    seen = []

    async def record(payload, payload_len, src, priv):
        seen.append(bench.memory.get_block(payload, payload_len))
        return RL_RELEASE

    async def body():
        for text in (b"first life", b"second life"):
            dev = await bench.link_up()
            await rpmsg_lite_create_ept(dev, 7, record, None)
            await bench.deliver(SRC, 7, text)
            await rpmsg_lite_deinit(dev)
        assert seen == [b"first life", b"first life", b"second life"]

    bench.run(body)


def test_indices_wrap_at_65536():
    bench = Bench(start=65534)
    seen = []

    async def record(payload, payload_len, src, priv):
        seen.append(bench.memory.get_block(payload, payload_len))
        return RL_RELEASE

    async def body():
        dev = await bench.link_up()
        dev.tvq.vq_available_idx = dev.rvq.vq_available_idx = 65534
        ept = await rpmsg_lite_create_ept(dev, 7, record, None)
        for i in range(5):
            payload = b"message %d" % i
            await bench.deliver(SRC, 7, payload)
            assert await rpmsg_lite_send(dev, ept, SRC, payload, len(payload), RL_BLOCK) == 0
            assert bench.master.receive() == (7, SRC, payload)
        assert seen == [b"message %d" % i for i in range(5)]
        assert (dev.tvq.vq_available_idx, dev.rvq.vq_available_idx) == (3, 3)

    bench.run(body)
