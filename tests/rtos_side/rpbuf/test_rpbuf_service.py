# SPDX-License-Identifier: Apache-2.0
# RPBuf's slave: when a buffer is available, what is told, transmission, ACK, and ends.

from rpbuf_master import ACK, ADDR, CHANNEL, CREATED, DESTROYED, TRANSMITTED, RpbufMaster, frame
from v821_bench import Bench

from rtos_side.rpbuf.errors import EACCES, ECONNRESET, EINVAL, ENOENT, EOK

SYNC = 1


# Callbacks that write down what they are told.
class Notes:
    def __init__(self):
        self.seen = []

    async def available(self, buffer):
        self.seen.append(("available", buffer.name, buffer.address))

    async def rx(self, buffer, offset, length):
        self.seen.append(("rx", offset, length, await buffer.read(offset, length)))

    async def destroyed(self, buffer):
        self.seen.append(("destroyed", buffer.name))

    def taken(self):
        seen = self.seen
        self.seen = []
        return seen


# Whether the last thing that the log says is a refusal with that error.
def refused(bench, error):
    return bench.trace().endswith(f"rpbuf: message refused: -{error}\n")


def run(body):
    bench = Bench()
    master = RpbufMaster(bench)
    notes = Notes()

    async def whole():
        await master.start()
        await body(bench, master, notes)

    bench.run(whole)


async def alloc(bench, notes, name, length):
    rpbuf = bench.kernel.amp.rpbuf
    return await rpbuf.alloc(name, length, notes.available, notes.rx, notes.destroyed)


# Transmit in a thread of its own. -> list that gets the result
async def start_transmit(bench, buffer, offset, length):
    result = []

    async def sender():
        result.append(await bench.kernel.amp.rpbuf.transmit(buffer, offset, length))

    await bench.start_thread("sender", sender, 4)
    await bench.ms(1)
    return result


def test_the_remote_allocates_first():
    async def body(bench, master, notes):
        buffer = await alloc(bench, notes, b"one", 4096)
        assert master.take() == (CREATED, (b"one", 0, 4096, 0, 0, 0))
        assert not bench.kernel.amp.rpbuf.is_available(buffer)
        assert await bench.kernel.amp.rpbuf.transmit(buffer, 0, 1) == -EACCES
        address = await master.create(b"one", 4096)
        assert notes.taken() == [("available", b"one", address)]
        assert bench.kernel.amp.rpbuf.is_available(buffer)
        # The master's id does not matter, the slave's does.
        assert buffer.id == 0 and master.take() is None

    run(body)


def test_linux_allocates_first():
    async def body(bench, master, notes):
        address = await master.create(b"two", 100, id=0)
        assert master.take() is None
        buffer = await alloc(bench, notes, b"two", 100)
        assert notes.taken() == [("available", b"two", address)]
        assert master.take() == (CREATED, (b"two", 0, 100, address, address, 1))
        assert bench.kernel.amp.rpbuf.is_available(buffer)

    run(body)


def test_lengths_have_to_agree():
    async def body(bench, master, notes):
        await master.create(b"a", 100)
        assert await alloc(bench, notes, b"a", 101) is None
        buffer = await alloc(bench, notes, b"b", 100)
        assert master.take()[0] == CREATED
        await master.create(b"b", 99)
        assert not bench.kernel.amp.rpbuf.is_available(buffer)
        assert notes.taken() == []

    run(body)


def test_data_goes_both_ways_by_offset_and_length():
    async def body(bench, master, notes):
        buffer = await alloc(bench, notes, b"data", 8192)
        address = await master.create(b"data", 8192)
        master.take()
        notes.taken()
        bench.memory.put_block(address + 5000, bytes(range(200)))
        await master.tell(TRANSMITTED, 0, 5000, 200, 0)
        assert notes.taken() == [("rx", 5000, 200, bytes(range(200)))]
        assert master.take() is None
        await buffer.write(3, b"from the remote")
        assert bench.memory.get_block(address + 3, 15) == b"from the remote"
        assert await bench.kernel.amp.rpbuf.transmit(buffer, 3, 15) == EOK
        assert master.take() == (TRANSMITTED, (0, 3, 15, 0))

    run(body)


# Bursts: a read of the whole buffer is one request.
def test_a_buffer_is_read_in_one_burst():
    async def body(bench, master, notes):
        buffer = await alloc(bench, notes, b"burst", 0x50000)
        address = await master.create(b"burst", 0x50000)
        bench.take_log()
        await buffer.read(16, 0x40000)
        await buffer.write(0, bytes(0x50000))
        log = bench.take_log()
        assert [(entry[0], entry[1], len(entry[2])) for entry in log] == [
            ("r", address + 16, 0x40000),
            ("w", address, 0x50000),
        ]

    run(body)


def test_what_reaches_beyond_the_end_goes_on_at_the_start():
    async def body(bench, master, notes):
        buffer = await alloc(bench, notes, b"ring", 10)
        address = await master.create(b"ring", 10)
        await buffer.write(8, b"abcd")
        assert bench.memory.get_block(address, 10) == b"cd" + bytes(6) + b"ab"
        assert await buffer.read(8, 4) == b"abcd"
        notes.taken()
        await master.tell(TRANSMITTED, 0, 8, 4, 0)
        assert notes.taken() == [("rx", 8, 4, b"abcd")]

    run(body)


def test_linux_waits_for_an_ack_when_it_says_so():
    async def body(bench, master, notes):
        await alloc(bench, notes, b"sync", 64)
        await master.create(b"sync", 64)
        master.take()
        await master.tell(TRANSMITTED, 0, 0, 1, SYNC)
        assert notes.taken()[-1][:3] == ("rx", 0, 1)
        assert master.take() == (ACK, (0, 0))

    run(body)


def test_sync_mode_waits_for_the_ack():
    async def body(bench, master, notes):
        buffer = await alloc(bench, notes, b"sync", 64)
        await master.create(b"sync", 64)
        master.take()
        buffer.sync = True
        result = await start_transmit(bench, buffer, 1, 2)
        assert master.take() == (TRANSMITTED, (0, 1, 2, SYNC))
        await bench.ms(20)
        assert result == []
        assert await bench.kernel.amp.rpbuf.transmit(buffer, 1, 2) == -EINVAL
        await master.tell(ACK, 0, 5)
        assert result == [EOK]
        # An ACK that nobody waits for is refused.
        await master.tell(ACK, 0, 5)
        assert refused(bench, EINVAL)

    run(body)


def test_a_buffer_that_goes_away_while_somebody_waits_is_a_reset():
    async def body(bench, master, notes):
        for name, end in ((b"destroyed", "destroy"), (b"freed", "free"), (b"left", "leave")):
            buffer = await alloc(bench, notes, name, 64)
            await master.create(name, 64)
            buffer.sync = True
            result = await start_transmit(bench, buffer, 0, 1)
            notes.taken()
            assert result == []
            if end == "destroy":
                await master.tell(DESTROYED, buffer.id)
            elif end == "free":
                assert await bench.kernel.amp.rpbuf.free(buffer) == EOK
            else:
                bench.linux.leave()
                await bench.ms(30)
            assert result == [-ECONNRESET], name
            assert notes.taken() == ([] if end == "free" else [("destroyed", name)])

    run(body)


def test_linux_destroys_and_creates_anew():
    async def body(bench, master, notes):
        buffer = await alloc(bench, notes, b"again", 64)
        await master.create(b"again", 64)
        await master.tell(DESTROYED, 0)
        assert notes.taken()[-1] == ("destroyed", b"again")
        assert await bench.kernel.amp.rpbuf.transmit(buffer, 0, 1) == -EACCES
        address = await master.create(b"again", 64)
        assert notes.taken() == [("available", b"again", address)]

    run(body)


def test_the_remote_frees_and_allocates_anew():
    async def body(bench, master, notes):
        rpbuf = bench.kernel.amp.rpbuf
        buffer = await alloc(bench, notes, b"again", 64)
        address = await master.create(b"again", 64)
        master.take()
        assert await rpbuf.free(buffer) == EOK
        assert master.take() == (DESTROYED, (0,))
        assert await rpbuf.transmit(buffer, 0, 1) == -EACCES
        # Linux still has it: a new allocation is available at once.
        again = await alloc(bench, notes, b"again", 64)
        assert again is not buffer and rpbuf.is_available(again)
        assert master.take() == (CREATED, (b"again", 0, 64, address, address, 1))
        assert await rpbuf.free(buffer) == -EINVAL

    run(body)


# Linux has lost its part and allocates again what is live here: it is told what it was.
def test_linux_allocates_a_live_buffer_again():
    async def body(bench, master, notes):
        await alloc(bench, notes, b"lost", 64)
        address = await master.create(b"lost", 64)
        master.take()
        await master.create(b"lost", 64)
        assert master.take() == (CREATED, (b"lost", 0, 64, address, address, 1))
        await master.create(b"lost", 64, available=1)
        assert master.take() is None

    run(body)


def test_limits_of_names_lengths_and_numbers():
    async def body(bench, master, notes):
        assert await alloc(bench, notes, b"", 1) is None
        assert await alloc(bench, notes, b"n" * 32, 1) is None
        assert await alloc(bench, notes, b"n", 0) is None
        buffers = []
        for i in range(32):
            buffers.append(await alloc(bench, notes, b"n" * 30 + bytes((65 + i,)), 1))
        assert [buffer.id for buffer in buffers] == list(range(32))
        assert await alloc(bench, notes, b"one too many", 1) is None
        assert await alloc(bench, notes, buffers[3].name, 1) is None
        assert await bench.kernel.amp.rpbuf.free(buffers[5]) == EOK
        assert (await alloc(bench, notes, b"in its place", 1)).id == 5

    run(body)


def test_bad_messages_are_refused_and_do_no_harm():
    async def body(bench, master, notes):
        buffer = await alloc(bench, notes, b"good", 64)
        await master.create(b"good", 64)
        notes.taken()
        good = frame(TRANSMITTED, 0, 0, 4, 0)
        for bad in (
            b"\x0a",
            good[:-1],
            good[:-1] + b"\x06",
            b"\x0b" + good[1:],
            b"\x0a\x05" + good[2:],
            b"\x0a\x00" + good[2:],
            frame(TRANSMITTED, 0, 64, 1, 0),
            frame(TRANSMITTED, 0, 0, 65, 0),
            frame(TRANSMITTED, 0, 0xFFFFFFFF, 2, 0),
            frame(TRANSMITTED, 32, 0, 1, 0),
            frame(DESTROYED, 33),
            frame(ACK, 0xFFFFFFFF, 0),
            frame(CREATED, b"x", 32, 64, 0, 0, 0),
        ):
            bench.linux.send_to(CHANNEL, ADDR, bad)
            await bench.ms(2)
            assert refused(bench, EINVAL), bad
        await master.tell(TRANSMITTED, 9, 0, 1, 0)
        assert refused(bench, ENOENT)
        assert notes.taken() == []
        await master.tell(TRANSMITTED, buffer.id, 0, 4, 0)
        assert len(notes.taken()) == 1

    run(body)


# What only Linux has allocated is remembered, but not without end.
def test_linux_can_only_allocate_so_much():
    async def body(bench, master, notes):
        for i in range(40):
            await master.create(b"remote%d" % i, 64)
        assert len(bench.kernel.amp.rpbuf.controller.remote) == 32
        assert bench.trace().endswith("rpbuf: message refused: -12\n")

    run(body)


def test_a_link_that_comes_up_again_is_told_what_there_is():
    async def body(bench, master, notes):
        await alloc(bench, notes, b"kept", 64)
        await master.create(b"kept", 64)
        bench.linux.leave()
        await bench.ms(30)
        assert notes.taken()[-1] == ("destroyed", b"kept")
        bench.linux.probe()
        await bench.ms(15)
        bench.linux.inbox.clear()
        bench.linux.receive()
        bench.linux.announce(CHANNEL, ADDR)
        await bench.ms(3)
        assert master.take() == (
            CREATED,
            (b"kept", 0, 64, master.next - 4096, master.next - 4096, 0),
        )
        address = await master.create(b"kept", 64)
        assert notes.taken() == [("available", b"kept", address)]

    run(body)
