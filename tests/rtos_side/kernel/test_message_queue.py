# SPDX-License-Identifier: Apache-2.0
# Message queues: copies, sizes, what recv returns, timeouts across several wake-ups.

from kernel_bench import Bench

from rtos_side.kernel.errors import EFULL, EOK, ERROR, ETIMEOUT, KernelPanic
from rtos_side.kernel.ipc import MessageQueue


def test_recv_returns_the_size_and_copies():
    bench = Bench()
    queue = MessageQueue(bench.kernel, "mq", 8, 2)

    async def body():
        message = bytearray(b"abc")
        assert await queue.send(message) == EOK
        message[0] = 0
        buffer = bytearray(b"--------")
        bench.note(await queue.recv(buffer, 0), bytes(buffer))

    bench.thread("t", body)
    bench.run(1)
    assert bench.log == [(3, b"abc-----")]


def test_a_short_buffer_loses_the_rest():
    bench = Bench()
    queue = MessageQueue(bench.kernel, "mq", 8, 2)

    async def body():
        await queue.send(b"abcdefgh")
        await queue.send(b"next")
        buffer = bytearray(4)
        bench.note(await queue.recv(buffer, 0), bytes(buffer))
        bench.note(await queue.recv(buffer, 0), bytes(buffer))

    bench.thread("t", body)
    bench.run(1)
    assert bench.log == [(4, b"abcd"), (4, b"next")]


def test_too_long_full_and_empty():
    bench = Bench()
    queue = MessageQueue(bench.kernel, "mq", 4, 1)

    async def body():
        bench.note(await queue.send(b"12345"), await queue.urgent(b"12345"))
        bench.note(await queue.recv(bytearray(4), 0))
        bench.note(await queue.send(b"1234"), await queue.send(b"x"), await queue.urgent(b"x"))
        bench.note(queue.entry)

    bench.thread("t", body)
    bench.run(1)
    assert bench.log == [(-ERROR, -ERROR), -ETIMEOUT, (EOK, -EFULL, -EFULL), 1]


def test_urgent_goes_first():
    bench = Bench()
    queue = MessageQueue(bench.kernel, "mq", 4, 3)

    async def body():
        await queue.send(b"1")
        await queue.send(b"2")
        await queue.urgent(b"0")
        buffer = bytearray(1)
        for _ in range(3):
            await queue.recv(buffer)
            bench.note(bytes(buffer))

    bench.thread("t", body)
    bench.run(1)
    assert bench.log == [b"0", b"1", b"2"]


# Robbed twice, the reader still gives up at its first deadline.
def test_the_timeout_is_counted_from_the_call_across_wake_ups():
    bench = Bench()
    queue = MessageQueue(bench.kernel, "mq", 4, 1)
    kernel = bench.kernel

    async def reader():
        bench.note("reader", await queue.recv(bytearray(4), 10), kernel.clock.tick)

    async def robber():
        for _ in range(2):
            await kernel.delay(4)
            await queue.send(b"loot")
            assert await queue.recv(bytearray(4), 0) == 4

    bench.thread("reader", reader, 20)
    bench.thread("robber", robber, 10)
    bench.run(15)
    assert bench.log == [("reader", -ETIMEOUT, 10)]


def test_an_interrupt_can_send():
    bench = Bench()
    queue = MessageQueue(bench.kernel, "mq", 4, 1)

    async def isr():
        bench.machine.lower_line()
        bench.note("sent", await queue.send(b"irq!"), await queue.send(b"full"))

    async def reader():
        buffer = bytearray(4)
        bench.note(await queue.recv(buffer), bytes(buffer))

    bench.kernel.install_isr(4, isr)
    bench.machine.at(5000, bench.machine.raise_line)
    bench.thread("reader", reader)
    bench.run(1)
    assert bench.log == [("sent", EOK, -EFULL), (4, b"irq!")]


def test_empty_messages_and_buffers_are_a_panic():
    calls = {
        "rt_mq_send_wait": lambda queue: queue.send(b""),
        "rt_mq_urgent": lambda queue: queue.urgent(b""),
        "rt_mq_recv": lambda queue: queue.recv(bytearray(0)),
    }
    for function, call in calls.items():
        bench = Bench()
        queue = MessageQueue(bench.kernel, "mq", 4, 1)
        bench.thread("t", call, args=(queue,))
        try:
            bench.run(1)
        except KernelPanic as panic:
            assert str(panic) == f"thread t: ValueError: {function}: msgqueue mq: size is 0"
        else:
            raise AssertionError(function)
