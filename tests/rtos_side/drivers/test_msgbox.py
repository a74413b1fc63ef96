# SPDX-License-Identifier: Apache-2.0
# The MSGBOX driver: sending against a full FIFO, receiving through the interrupt.

from v821_bench import LOCAL, REMOTE, Bench

from rtos_side.drivers.msgbox import Msgbox
from rtos_side.kernel.errors import EBUSY, EINVAL, EOK


def test_init_disables_every_interrupt():
    bench = Bench()

    async def body():
        bench.take_log()
        bench.local.enabled = 0x55
        await bench.kernel.msgbox.init()
        assert bench.take_log() == [("W", LOCAL + 0x20, 4, 0)]

    bench.run(body)


def test_a_word_goes_into_the_partner_s_block():
    bench = Bench()

    async def body():
        for channel in range(4):
            bench.take_log()
            assert await bench.kernel.msgbox.send(channel, 0x1000 + channel) == EOK
            assert bench.take_log() == [
                ("R", REMOTE + 0x60 + 4 * channel, 4, 0),
                ("W", REMOTE + 0x70 + 4 * channel, 4, 0x1000 + channel),
            ]
            assert bench.remote.fifos[channel] == [0x1000 + channel]

    bench.run(body, keep_kicks=True)


# The part of a slot is 0x100 bytes further on, on both sides.
def test_a_slot_shifts_both_blocks():
    box = Msgbox({"local": LOCAL, "remote": REMOTE, "slot": 2})
    send = box.send(1, 5)
    assert send.send(None) == (0, REMOTE + 0x264, 4)
    assert send.send(0) == (1, REMOTE + 0x274, 4, 5)
    receive = box.handle()
    assert receive.send(None) == (0, LOCAL + 0x224, 4)


def test_a_full_fifo_is_looked_at_until_there_is_room():
    bench = Bench()

    def make_room():
        bench.remote.fifos[0].pop(0)

    async def body():
        for word in range(8):
            await bench.kernel.msgbox.send(0, word)
        bench.machine.at(bench.machine.cycle + 1000, make_room)
        bench.take_log()
        assert await bench.kernel.msgbox.send(0, 99) == EOK
        log = bench.take_log()
        assert log[:-2] == [("R", REMOTE + 0x60, 4, 8)] * (len(log) - 2) and len(log) > 100
        assert log[-2:] == [("R", REMOTE + 0x60, 4, 7), ("W", REMOTE + 0x70, 4, 99)]
        assert bench.kicks() == [1, 2, 3, 4, 5, 6, 7, 99]

    bench.run(body, keep_kicks=True)


def test_a_partner_that_takes_nothing_costs_so_many_tries_and_the_word():
    bench = Bench(msgbox={"local": LOCAL, "remote": REMOTE, "irq": 144, "send_tries": 20})

    async def body():
        box = bench.kernel.msgbox
        for word in range(8):
            await box.send(0, word)
        bench.take_log()
        assert await box.send(0, 99) == -EBUSY
        assert bench.take_log() == [("R", REMOTE + 0x60, 4, 8)] * 20
        assert box.lost == 1
        assert bench.kicks() == list(range(8))

    bench.run(body, keep_kicks=True)


# Both words are taken in one interrupt; the pending bit goes last, when the FIFO is empty.
def test_the_interrupt_empties_the_fifo_and_then_clears_the_bit():
    bench = Bench()
    seen = []

    async def callback(word):
        seen.append(word)

    async def body():
        await bench.kernel.msgbox.listen(2, callback)
        bench.take_log()
        bench.local.push(2, 7)
        bench.local.push(2, 8)
        await bench.kernel.spend(1)
        assert seen == [7, 8]
        assert bench.take_log() == [
            ("R", LOCAL + 0x24, 4, 0x10),
            ("R", LOCAL + 0x68, 4, 2),
            ("R", LOCAL + 0x78, 4, 7),
            ("R", LOCAL + 0x68, 4, 1),
            ("R", LOCAL + 0x78, 4, 8),
            ("R", LOCAL + 0x68, 4, 0),
            ("W", LOCAL + 0x24, 4, 0x10),
        ]
        assert bench.local.status == 0

    bench.run(body)


def test_channels_have_callbacks_of_their_own_and_the_lowest_comes_first():
    bench = Bench()
    seen = []

    def recorder(channel):
        async def callback(word):
            seen.append((channel, word))

        return callback

    async def body():
        box = bench.kernel.msgbox
        for channel in (3, 0, 1):
            assert await box.listen(channel, recorder(channel)) == EOK
        assert bench.local.enabled == 0x45
        for channel in (3, 1, 0):
            bench.local.push(channel, 10 + channel)
        await bench.kernel.spend(1)
        assert seen == [(0, 10), (1, 11), (3, 13)]
        await box.ignore(1)
        assert bench.local.enabled == 0x41
        bench.local.push(1, 5)
        await bench.kernel.spend(1)
        assert len(seen) == 3

    bench.run(body)


# A stop word for the firmware that ran before must not stop this one.
def test_words_from_before_are_thrown_away():
    bench = Bench()
    seen = []

    async def callback(word):
        seen.append(word)

    async def body():
        for word in (1, 2, 3):
            bench.local.push(0, word)
        await bench.kernel.msgbox.listen(0, callback)
        await bench.kernel.spend(1)
        assert (seen, bench.local.fifos[0], bench.local.status) == ([], [], 0)

    bench.run(body)


def test_there_are_four_channels():
    bench = Bench()

    async def body():
        assert await bench.kernel.msgbox.listen(4, None) == -EINVAL

    bench.run(body)
