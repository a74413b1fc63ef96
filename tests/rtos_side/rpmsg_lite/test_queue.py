# SPDX-License-Identifier: Apache-2.0
# The receive queue: results, messages that are lost, and buffers that must come back.

from remote_bench import Bench

from rtos_side.rpmsg_lite.constants import (
    RL_BLOCK,
    RL_DONT_BLOCK,
    RL_ERR_BUFF_SIZE,
    RL_ERR_NO_BUFF,
    RL_ERR_PARAM,
    RL_HOLD,
    RL_RELEASE,
    RL_SUCCESS,
)
from rtos_side.rpmsg_lite.rpmsg_lite import (
    rpmsg_lite_create_ept,
    rpmsg_lite_release_rx_buffer,
)
from rtos_side.rpmsg_lite.rpmsg_queue import (
    rpmsg_queue_create,
    rpmsg_queue_destroy,
    rpmsg_queue_get_current_size,
    rpmsg_queue_nocopy_free,
    rpmsg_queue_recv,
    rpmsg_queue_recv_nocopy,
    rpmsg_queue_rx_cb,
)

ADDR = 30
SRC = 1024


async def open_queue(bench):
    dev = await bench.link_up()
    queue = rpmsg_queue_create(dev)
    await rpmsg_lite_create_ept(dev, ADDR, rpmsg_queue_rx_cb, queue)
    return dev, queue


async def receive(dev, queue, maxlen=496, timeout=RL_DONT_BLOCK):
    src = [None]
    length = [None]
    data = bytearray(496)
    status = await rpmsg_queue_recv(dev, queue, src, data, maxlen, length, timeout)
    return status, src[0], length[0], data


def test_a_message_is_copied_and_its_buffer_returned():
    bench = Bench()

    async def body():
        dev, queue = await open_queue(bench)
        await bench.deliver(SRC, ADDR, b"hello there 1!")
        assert rpmsg_queue_get_current_size(queue) == 1
        status, src, length, data = await receive(dev, queue)
        assert (status, src, bytes(data[:length])) == (RL_SUCCESS, SRC, b"hello there 1!")
        assert rpmsg_queue_get_current_size(queue) == 0
        bench.master.reclaim()
        assert sorted(bench.master.free) == [0, 1]

    bench.run(body)


# src and len may be NULL.
def test_source_and_length_are_optional():
    bench = Bench()

    async def body():
        dev, queue = await open_queue(bench)
        await bench.deliver(SRC, ADDR, b"hello")
        data = bytearray(5)
        assert await rpmsg_queue_recv(dev, queue, None, data, 5, None, 0) == RL_SUCCESS
        assert data == b"hello"

    bench.run(body)


def test_parameters_are_checked():
    bench = Bench()

    async def body():
        dev, queue = await open_queue(bench)
        data = bytearray(8)
        assert rpmsg_queue_create(None) is None
        assert rpmsg_queue_get_current_size(None) == RL_ERR_PARAM
        assert await rpmsg_queue_recv(None, queue, None, data, 8, None, 0) == RL_ERR_PARAM
        assert await rpmsg_queue_recv(dev, None, None, data, 8, None, 0) == RL_ERR_PARAM
        assert await rpmsg_queue_recv(dev, queue, None, None, 8, None, 0) == RL_ERR_PARAM
        assert await rpmsg_queue_recv_nocopy(None, queue, None, [0], None, 0) == RL_ERR_PARAM
        assert await rpmsg_queue_recv_nocopy(dev, None, None, [0], None, 0) == RL_ERR_PARAM
        assert await rpmsg_queue_recv_nocopy(dev, queue, None, None, None, 0) == RL_ERR_PARAM
        assert await rpmsg_queue_nocopy_free(None, 0x6E420010) == RL_ERR_PARAM
        assert await rpmsg_queue_nocopy_free(dev, 0) == RL_ERR_PARAM
        assert await rpmsg_lite_release_rx_buffer(None, 0x6E420010) == RL_ERR_PARAM
        assert await rpmsg_lite_release_rx_buffer(dev, None) == RL_ERR_PARAM
        assert await rpmsg_queue_destroy(None, queue) == RL_ERR_PARAM
        assert await rpmsg_queue_destroy(dev, None) == RL_ERR_PARAM
        assert await rpmsg_queue_destroy(dev, queue) == RL_SUCCESS

    bench.run(body)


# The source and the length are told, the message itself is gone and its buffer is back.
def test_a_message_that_does_not_fit_is_lost():
    bench = Bench()

    async def body():
        dev, queue = await open_queue(bench)
        for maxlen in (0, 9):
            await bench.deliver(SRC, ADDR, b"ten bytes!")
            status, src, length, data = await receive(dev, queue, maxlen)
            assert (status, src, length) == (RL_ERR_BUFF_SIZE, SRC, 10)
            assert data == bytearray(496)
            assert rpmsg_queue_get_current_size(queue) == 0
        bench.master.reclaim()
        assert sorted(bench.master.free) == [0, 1]

    bench.run(body)


# The port takes an error of the message queue for a message: NULL, of length 0, from address 0. The
# copying receive then fails to release address 0, the other one hands it out.
def test_an_empty_queue_looks_like_an_empty_message():
    bench = Bench()

    async def body():
        dev, queue = await open_queue(bench)
        assert await receive(dev, queue) == (RL_ERR_PARAM, 0, 0, bytearray(496))
        data = [None]
        length = [None]
        status = await rpmsg_queue_recv_nocopy(dev, queue, None, data, length, RL_DONT_BLOCK)
        assert (status, data, length) == (RL_SUCCESS, [0], [0])

    bench.run(body)


def test_an_empty_queue_is_reported_where_the_board_says_so():
    bench = Bench(queue_errors="report")

    async def body():
        dev, queue = await open_queue(bench)
        assert await receive(dev, queue) == (RL_ERR_NO_BUFF, None, None, bytearray(496))
        status = await rpmsg_queue_recv_nocopy(dev, queue, None, [0], None, RL_DONT_BLOCK)
        assert status == RL_ERR_NO_BUFF

    bench.run(body)


def test_receive_gives_up_after_the_timeout():
    bench = Bench(queue_errors="report")

    async def body():
        dev, queue = await open_queue(bench)
        before = bench.kernel.clock.tick
        assert (await receive(dev, queue, timeout=7))[0] == RL_ERR_NO_BUFF
        assert 7 <= bench.kernel.clock.tick - before <= 8

    bench.run(body)


def test_receive_sleeps_until_a_message_comes():
    bench = Bench()

    async def body():
        dev, queue = await open_queue(bench)
        bench.at_tick(bench.kernel.clock.tick + 4, lambda: bench.send(SRC, ADDR, b"late"))
        before = bench.kernel.clock.tick
        status, src, length, data = await receive(dev, queue, timeout=RL_BLOCK)
        assert (status, src, bytes(data[:length])) == (RL_SUCCESS, SRC, b"late")
        assert bench.kernel.clock.tick - before == 4

    bench.run(body)


# Two entries on the ring make a queue of four.
def test_a_full_queue_drops_the_message():
    bench = Bench()

    async def body():
        _, queue = await open_queue(bench)
        for i in range(4):
            assert await rpmsg_queue_rx_cb(0x1000 + i, 1, SRC, queue) == RL_HOLD
        assert await rpmsg_queue_rx_cb(0x2000, 1, SRC, queue) == RL_RELEASE
        assert rpmsg_queue_get_current_size(queue) == 4

    bench.run(body)


def test_the_buffer_of_a_dropped_message_goes_back_at_once():
    bench = Bench()

    async def body():
        dev, queue = await open_queue(bench)
        for i in range(4):
            await rpmsg_queue_rx_cb(0x1000 + i, 1, SRC, queue)
        await bench.deliver(SRC, ADDR, b"nobody has room for me")
        bench.master.reclaim()
        assert sorted(bench.master.free) == [0, 1]
        assert rpmsg_queue_get_current_size(queue) == 4
        assert dev.tvq is not None

    bench.run(body)


def test_nocopy_keeps_the_buffer_until_it_is_freed():
    bench = Bench()

    async def body():
        dev, queue = await open_queue(bench)
        await bench.deliver(SRC, ADDR, b"in place")
        src = [0]
        data = [0]
        length = [0]
        assert await rpmsg_queue_recv_nocopy(dev, queue, src, data, length, 0) == RL_SUCCESS
        assert (src, length) == ([SRC], [8])
        assert bench.memory.get_block(data[0], 8) == b"in place"
        bench.master.reclaim()
        assert bench.master.free == [1]
        assert await rpmsg_queue_nocopy_free(dev, data[0]) == RL_SUCCESS
        bench.master.reclaim()
        assert sorted(bench.master.free) == [0, 1]

    bench.run(body)


# A message for an address that nobody has disappears without a trace but its buffer.
def test_an_unknown_address_is_dropped():
    bench = Bench()

    async def body():
        _, queue = await open_queue(bench)
        await bench.deliver(SRC, 99, b"who?")
        assert rpmsg_queue_get_current_size(queue) == 0
        bench.master.reclaim()
        assert sorted(bench.master.free) == [0, 1]

    bench.run(body)
