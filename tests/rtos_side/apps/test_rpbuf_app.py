# SPDX-License-Identifier: Apache-2.0
# The counterpart of rpbuf_test: every buffer of Linux comes back, checked.

import binascii
import hashlib

from rpbuf_master import ACK, ADDR, CHANNEL, CREATED, DESTROYED, TRANSMITTED, RpbufMaster, frame
from v821_bench import Bench

from rtos_side.apps import rpbuf_test

SYNC = 1


def run(body, **rpmsg):
    bench = Bench(**rpmsg)
    master = RpbufMaster(bench)

    async def whole():
        await master.start()
        await rpbuf_test.start(bench.kernel, bench.console)
        await body(bench, master)

    bench.run(whole)


def with_digest(data):
    return data + hashlib.md5(data).digest()


def pattern(size):
    return bytes((i * 7 + i // 251) & 0xFF for i in range(size))


# A part sent, and what comes back: the same bytes, under the same offset and length.
async def bounce(bench, master, id, address, offset, data):
    bench.memory.put_block(address + offset, data)
    bench.machine.hart.events.clear()
    await master.tell(TRANSMITTED, id, offset, len(data), 0)
    await bench.ms(20)
    assert master.take() == (TRANSMITTED, (id, offset, len(data), 0))
    assert bench.memory.get_block(address + offset, len(data)) == data
    marks = [event[2:] for event in bench.machine.hart.events if event[1] == "rpbuf_rx"]
    assert marks == [(len(data), binascii.crc32(data))]


def test_buffers_of_any_size_come_back():
    async def body(bench, master):
        for size in (1, 16, 17, 2048, 2049, 4000, 0x50000):
            address = await master.create(b"rpbuf_test", size)
            command, fields = master.take()
            assert (command, fields[0], fields[2], fields[5]) == (CREATED, b"rpbuf_test", size, 1)
            data = pattern(size) if size <= 16 else with_digest(pattern(size - 16))
            await bounce(bench, master, fields[1], address, 0, data)
            # Linux keeps the memory until the remote has given the buffer up too.
            await master.tell(DESTROYED, fields[1])
            assert master.take() == (DESTROYED, (fields[1],))
        assert "checksum error" not in bench.device.text
        assert bench.kernel.amp.rpbuf.controller.local == {}

    run(body)


def test_parts_in_the_middle_come_back():
    async def body(bench, master):
        address = await master.create(b"part", 8192)
        id = master.take()[1][1]
        for offset, size in ((0, 100), (1, 3000), (5000, 3192)):
            await bounce(bench, master, id, address, offset, with_digest(pattern(size - 16)))

    run(body)


def test_what_is_damaged_is_said_and_sent_back_as_it_came():
    async def body(bench, master):
        address = await master.create(b"bad", 100)
        master.take()
        await bounce(bench, master, 0, address, 0, pattern(100))
        assert bench.device.text.endswith("rpbuf_test: bad: checksum error\n")

    run(body)


# The bytes are written back, not left where they were.
def test_the_data_crosses_the_bus_twice():
    async def body(bench, master):
        address = await master.create(b"bus", 5000)
        master.take()
        bench.take_log()
        await master.tell(TRANSMITTED, 0, 0, 5000, 0)
        await bench.ms(5)
        log = [entry for entry in bench.take_log() if entry[0] in "rw" and entry[1] >= address]
        log = [(entry[0], entry[1] - address, len(entry[2])) for entry in log]
        assert log == [
            ("r", 0, 2048),
            ("w", 0, 2048),
            ("r", 2048, 2048),
            ("w", 2048, 2048),
            ("r", 4096, 904),
            ("w", 4096, 904),
        ]

    run(body)


def test_a_buffer_from_before_the_start_is_taken_too():
    bench = Bench()
    master = RpbufMaster(bench)

    async def body():
        await master.start()
        await master.create(b"early", 64)
        assert master.take() is None
        await rpbuf_test.start(bench.kernel, bench.console)
        await bench.ms(2)
        assert master.take()[1][0] == b"early"
        await rpbuf_test.start(bench.kernel, bench.console)
        assert bench.device.text.endswith("rpbuf_test: running already\n")

    bench.run(body)


# Linux sends faster than the app copies: what does not fit the queue is dropped and counted, the
# rest comes back in order.
def test_many_parts_at_once():
    async def body(bench, master):
        await master.create(b"many", 4096)
        master.take()
        for i in range(20):
            bench.linux.send_to(CHANNEL, ADDR, frame(TRANSMITTED, 0, i, 1, 0))
            await bench.kernel.spend(1)
        await bench.ms(20)
        answers = []
        while True:
            answer = master.take()
            if answer is None:
                break
            answers.append(answer)
        parts = [fields[1] for command, fields in answers if command == TRANSMITTED]
        assert parts == list(range(20))
        assert len(answers) == 20

    run(body)


# Who is asked for ACKs asks for them, too: the next part is answered when the first is taken.
def test_an_answer_waits_for_its_ack_as_linux_does():
    async def body(bench, master):
        await master.create(b"ack", 64)
        master.take()
        for i in range(2):
            await master.tell(TRANSMITTED, 0, i, 1, SYNC)
        assert [master.take() for _ in range(4)] == [
            (ACK, (0, 0)),
            (TRANSMITTED, (0, 0, 1, SYNC)),
            (ACK, (0, 0)),
            None,
        ]
        await master.tell(ACK, 0, 0)
        assert master.take() == (TRANSMITTED, (0, 1, 1, SYNC))

    run(body)


def test_a_buffer_that_linux_frees_before_its_ack_ends_the_wait():
    async def body(bench, master):
        await master.create(b"gone", 64)
        master.take()
        await master.tell(TRANSMITTED, 0, 0, 33, SYNC)
        await master.tell(DESTROYED, 0)
        resets = [event[2] for event in bench.machine.hart.events if event[1] == "rpbuf_reset"]
        assert resets == [33]
        assert bench.kernel.amp.rpbuf.controller.live == [None] * 32

    run(body)


def test_buffers_do_not_outlive_the_link():
    async def body(bench, master):
        await master.create(b"x", 64)
        master.take()
        bench.linux.leave()
        await bench.ms(30)
        controller = bench.kernel.amp.rpbuf.controller
        assert (controller.local, controller.remote) == ({}, {})
        assert controller.live == [None] * 32

    run(body)


def test_without_rpbuf_the_app_says_so():
    bench = Bench(rpbuf=False)

    async def body():
        await bench.connect()
        await rpbuf_test.start(bench.kernel, bench.console)
        assert bench.device.text == "rpbuf_test: this board has no rpbuf\n"

    bench.run(body)
