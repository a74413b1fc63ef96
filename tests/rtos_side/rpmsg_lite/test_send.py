# SPDX-License-Identifier: Apache-2.0
# Sending: return codes, the order of the checks, and what happens when no buffer is free.

from remote_bench import BUFFERS, Bench

from rtos_side.rpmsg_lite.constants import (
    RL_BLOCK,
    RL_DONT_BLOCK,
    RL_ERR_BUFF_SIZE,
    RL_ERR_NO_MEM,
    RL_ERR_PARAM,
    RL_NOT_READY,
    RL_RELEASE,
    RL_SUCCESS,
)
from rtos_side.rpmsg_lite.rpmsg_lite import (
    rpmsg_lite_alloc_tx_buffer,
    rpmsg_lite_create_ept,
    rpmsg_lite_send,
    rpmsg_lite_send_nocopy,
)

DST = 1024


async def ignore(payload, payload_len, src, priv):
    return RL_RELEASE


async def endpoint(dev, addr=30):
    return await rpmsg_lite_create_ept(dev, addr, ignore, None)


# Sends until the master has no more buffers on offer, and does not let it offer one again.
async def exhaust(dev, ept):
    for _ in range(2):
        assert await rpmsg_lite_send(dev, ept, DST, b"x", 1, RL_DONT_BLOCK) == RL_SUCCESS


# Each call is wrong in every way from its own check on, so an exchanged pair of checks shows.
def test_checks_of_send_come_in_the_original_order():
    bench = Bench()

    async def body():
        dev = await bench.remote_init()
        ept = await endpoint(dev)
        assert await rpmsg_lite_send(dev, None, DST, None, 497, 0) == RL_ERR_PARAM
        assert await rpmsg_lite_send(None, ept, DST, None, 497, 0) == RL_ERR_PARAM
        assert await rpmsg_lite_send(dev, ept, DST, None, 497, 0) == RL_ERR_BUFF_SIZE
        assert await rpmsg_lite_send(dev, ept, DST, None, 496, 0) == RL_ERR_PARAM
        assert await rpmsg_lite_send(dev, ept, DST, b"x", 1, 0) == RL_NOT_READY

    bench.run(body)


def test_checks_of_send_nocopy_come_in_the_original_order():
    bench = Bench()

    async def body():
        dev = await bench.remote_init()
        ept = await endpoint(dev)
        assert await rpmsg_lite_send_nocopy(dev, None, DST, BUFFERS, 497) == RL_ERR_PARAM
        assert await rpmsg_lite_send_nocopy(dev, ept, DST, 0, 497) == RL_ERR_PARAM
        assert await rpmsg_lite_send_nocopy(dev, ept, DST, None, 497) == RL_ERR_PARAM
        assert await rpmsg_lite_send_nocopy(dev, ept, DST, BUFFERS, 497) == RL_ERR_BUFF_SIZE
        assert await rpmsg_lite_send_nocopy(dev, ept, DST, BUFFERS, 496) == RL_NOT_READY

    bench.run(body)


def test_alloc_needs_a_place_for_the_size_and_a_link():
    bench = Bench()

    async def body():
        dev = await bench.remote_init()
        size = [77]
        assert await rpmsg_lite_alloc_tx_buffer(dev, None, RL_BLOCK) is None
        assert await rpmsg_lite_alloc_tx_buffer(dev, size, RL_BLOCK) is None
        assert size == [0]

    bench.run(body)


# A message of any length up to the whole payload arrives as it was, also from inside a longer
# buffer.
def test_messages_arrive_unchanged():
    bench = Bench()
    data = bytes(range(256)) * 2

    async def body():
        dev = await bench.link_up()
        ept = await endpoint(dev)
        for size in (0, 1, 15, 45, 495, 496):
            assert await rpmsg_lite_send(dev, ept, DST, data, size, RL_BLOCK) == RL_SUCCESS
            assert bench.master.receive() == (30, DST, data[:size])

    bench.run(body)


def test_no_buffer_and_no_patience_is_an_error_at_once():
    bench = Bench()

    async def body():
        dev = await bench.link_up()
        ept = await endpoint(dev)
        await exhaust(dev, ept)
        before = bench.kernel.clock.tick
        assert await rpmsg_lite_send(dev, ept, DST, b"x", 1, RL_DONT_BLOCK) == RL_ERR_NO_MEM
        size = [77]
        assert await rpmsg_lite_alloc_tx_buffer(dev, size, RL_DONT_BLOCK) is None
        assert size == [0]
        assert bench.kernel.clock.tick == before

    bench.run(body)


# Blocking means to look again every millisecond: once at the start and once after each of five.
def test_a_blocked_send_polls_every_millisecond_until_the_timeout():
    bench = Bench()

    async def body():
        dev = await bench.link_up()
        ept = await endpoint(dev)
        await exhaust(dev, ept)
        bench.clear_log()
        before = bench.kernel.clock.tick
        assert await rpmsg_lite_send(dev, ept, DST, b"x", 1, 5) == RL_ERR_NO_MEM
        assert 5 <= bench.kernel.clock.tick - before <= 6
        assert bench.shared_log() == [("R", bench.avail(0) + 2, 2, 2)] * 6

    bench.run(body)


def test_a_blocked_send_goes_on_when_a_buffer_comes_back():
    bench = Bench()

    async def body():
        dev = await bench.link_up()
        ept = await endpoint(dev)
        await exhaust(dev, ept)
        bench.at_tick(bench.kernel.clock.tick + 3, bench.master.receive)
        assert await rpmsg_lite_send(dev, ept, DST, b"third", 5, RL_BLOCK) == RL_SUCCESS
        bench.master.receive()
        assert bench.master.receive() == (30, DST, b"third")

    bench.run(body)


# A buffer that comes back within the last interval is still used: the ring is read before the
# clock.
def test_the_last_look_counts():
    bench = Bench()

    async def body():
        dev = await bench.link_up()
        ept = await endpoint(dev)
        await exhaust(dev, ept)
        bench.at_tick(bench.kernel.clock.tick + 1, bench.master.receive)
        assert await rpmsg_lite_send(dev, ept, DST, b"x", 1, 1) == RL_SUCCESS

    bench.run(body)


def test_every_allocated_buffer_is_a_different_one():
    bench = Bench()

    async def body():
        dev = await bench.link_up()
        size = [0]
        first = await rpmsg_lite_alloc_tx_buffer(dev, size, RL_DONT_BLOCK)
        assert (first, size) == (BUFFERS + 16, [496])
        assert await rpmsg_lite_alloc_tx_buffer(dev, size, RL_DONT_BLOCK) == BUFFERS + 512 + 16
        assert await rpmsg_lite_alloc_tx_buffer(dev, size, RL_DONT_BLOCK) is None

    bench.run(body)


# The index that the sender keeps in `reserved` stays there and is seen by the other side.
def test_nocopy_leaves_the_index_in_the_header():
    bench = Bench()

    async def body():
        dev = await bench.link_up()
        ept = await endpoint(dev)
        size = [0]
        await rpmsg_lite_alloc_tx_buffer(dev, size, RL_BLOCK)
        second = await rpmsg_lite_alloc_tx_buffer(dev, size, RL_BLOCK)
        bench.memory.put_block(second, b"in place")
        assert await rpmsg_lite_send_nocopy(dev, ept, DST, second, 8) == RL_SUCCESS
        assert bench.memory.get(second - 8, 4) == 0x00010000
        assert bench.master.receive() == (30, DST, b"in place")

    bench.run(body)
