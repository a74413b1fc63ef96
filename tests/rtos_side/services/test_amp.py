# SPDX-License-Identifier: Apache-2.0
# The AMP system: what is announced and when, the other side's address, stop, and Linux leaving.

from v821_bench import STOP_RECORD, Bench
from v821_linux import STOP, TABLE

from rtos_side.apps import echo, rpmsg_linux_test
from rtos_side.hal import WAIT
from rtos_side.link import link_in_use, open_link
from rtos_side.rpmsg_lite.constants import RL_BLOCK, RL_NOT_READY, RL_TRUE
from rtos_side.services.channel import Channel

NAMES = (
    "sunxi,rpmsg_ctrl",
    "sunxi,rpmsg_heartbeat",
    "sunxi,rpmsg_test",
    "rpbuf-service",
    "sunxi,service",
)
ALL_NAMES = list(NAMES)
ALL_NAMES.append("rpmsg_chrdev")
SRC = 1024


def test_nothing_is_announced_before_linux_is_ready():
    bench = Bench()

    async def body():
        await bench.start_amp()
        await bench.ms(20)
        assert bench.device.text == "Wait connected to remote master\n"
        assert bench.trace() == "Wait connected to remote master\n"
        bench.linux.probe()
        await bench.ms(5)
        bench.linux.receive()
        assert tuple(name for name, _, _ in bench.linux.announcements) == NAMES
        assert bench.linux.announcements[0][0] == "sunxi,rpmsg_ctrl"

    bench.run(body)


# A Linux that has been there before the RTOS: no wait, and no word of it.
def test_a_linux_that_is_ready_is_not_waited_for():
    bench = Bench()

    async def body():
        await bench.connect()
        assert "Wait" not in bench.device.text
        assert set(bench.linux.channels) == set(NAMES)

    bench.run(body)


def test_without_rpbuf_on_the_board_there_is_none():
    bench = Bench(rpbuf=False)

    async def body():
        await bench.connect()
        assert "rpbuf-service" not in bench.linux.channels

    bench.run(body)


def test_a_table_that_cannot_be_used_is_said_in_one_line():
    bench = Bench()
    bench.memory.put(TABLE, 4, 9)

    async def body():
        await bench.start_amp()
        await bench.ms(2)
        assert bench.device.text == (
            "amp: resource table, 0x81370000: expected version 1, found 9\n"
        )

    bench.run(body)


# An app that asks for the link gets the instance of the services, after their announcements.
def test_apps_share_the_link_and_come_after_the_services():
    bench = Bench()

    async def body():
        await bench.start_amp()
        await echo.start(bench.kernel, bench.console)
        await bench.ms(3)
        bench.linux.probe()
        await bench.ms(5)
        bench.linux.receive()
        names = [name for name, _, _ in bench.linux.announcements]
        assert names == ALL_NAMES
        assert not await link_in_use(bench.kernel, bench.console)
        assert await open_link(bench.kernel) is bench.kernel.amp.dev
        bench.linux.send_to("rpmsg_chrdev", SRC, b"hello")
        await bench.ms(2)
        assert bench.linux.take(SRC) == b"hello"

    bench.run(body)


def test_linux_test_runs_on_this_board_too():
    bench = Bench()

    async def body():
        await bench.start_amp()
        await rpmsg_linux_test.start(bench.kernel, bench.console)
        bench.linux.probe()
        await bench.ms(5)
        bench.linux.receive()
        assert bench.linux.channels["rpmsg_chrdev"] == 0x4004
        assert bench.device.text == (
            "rpmsg linux test: receive data from linux then send back\n"
            "rpmsg remote: remote core cpu_id-1\n"
            "rpmsg remote: link up! link_id-0x0\n"
        )
        for i in range(300):
            payload = b"message %d" % i
            bench.linux.send_to("rpmsg_chrdev", SRC, payload)
            await bench.ms(1)
            assert bench.linux.take(SRC) == payload
        bench.linux.master.reclaim()
        assert len(bench.linux.master.free) == 128

    bench.run(body)


# Linux is first on a new channel: with an announcement of its own, or with a message.
def test_a_channel_sends_only_when_linux_has_been_first():
    for first in ("announce", "message"):
        bench = Bench()

        async def body(bench=bench, first=first):
            await bench.connect()
            channel = Channel(bench.kernel.amp, "new")
            await channel.open()
            bench.linux.receive()
            assert await channel.send(b"too early") == RL_NOT_READY
            assert not await channel.wait_ready(5)
            if first == "announce":
                bench.linux.announce("new", SRC)
            else:
                bench.linux.send_to("new", SRC, b"")
            assert await channel.wait_ready(RL_BLOCK)
            assert await channel.send(b"now") == 0
            assert bench.linux.take(SRC) == b"now"

        bench.run(body)


# Two channels of a name: the newest that has no partner is meant.
def test_an_announcement_goes_to_the_newest_channel_without_a_partner():
    bench = Bench()

    async def body():
        await bench.connect()
        first = Channel(bench.kernel.amp, "twin")
        second = Channel(bench.kernel.amp, "twin")
        await first.open()
        await second.open()
        bench.linux.announce("twin", 1025)
        bench.linux.announce("twin", 1026)
        await bench.ms(1)
        assert (second.dst, first.dst) == (1025, 1026)
        bench.linux.announce("twin", 1026, flags=1)
        await bench.ms(1)
        assert (second.ready, first.ready) == (True, False)

    bench.run(body)


# Messages that nobody has read go back to Linux when a channel ends: no buffer is lost.
def test_closing_a_channel_gives_unread_buffers_back():
    bench = Bench()

    async def body():
        await bench.connect()
        channel = Channel(bench.kernel.amp, "unread")
        await channel.open()
        bench.linux.receive()
        for _ in range(5):
            bench.linux.send_to("unread", SRC, b"never read")
        await bench.ms(1)
        bench.linux.master.reclaim()
        assert len(bench.linux.master.free) == 128 - 5
        await channel.close()
        bench.linux.receive()
        assert "unread" not in bench.linux.channels
        bench.linux.master.reclaim()
        assert len(bench.linux.master.free) == 128
        assert await channel.recv() is None

    bench.run(body)


# Word 0xFFFFFFFF: every ring is looked at.
def test_a_word_of_all_ones_notifies_every_ring():
    bench = Bench()

    async def body():
        await bench.connect()
        channel = Channel(bench.kernel.amp, "all")
        await channel.open()
        bench.linux.receive()
        assert bench.linux.master.send(SRC, channel.ept.addr, b"quiet")
        await bench.ms(1)
        bench.local.push(0, 17)
        await bench.ms(1)
        assert channel.dst == 0xFFFFFFFF
        bench.local.push(0, 0xFFFFFFFF)
        await bench.ms(1)
        assert channel.dst == SRC

    bench.run(body)


# Heartbeat #######################################################################


def heartbeats(bench):
    bench.linux.receive()
    return bench.linux.inbox.pop(SRC, [])


def test_the_heartbeat_starts_when_linux_has_bound_and_counts_modulo_100():
    bench = Bench(heartbeat_ticks=10)

    async def body():
        await bench.connect()
        await bench.ms(30)
        assert heartbeats(bench) == []
        bench.linux.announce("sunxi,rpmsg_heartbeat", SRC)
        await bench.ms(2)
        assert heartbeats(bench) == [b"e907_rproc" + bytes(26)]
        ticks = []
        for _ in range(105):
            await bench.ms(10)
            ticks += [int.from_bytes(beat[32:], "little") for beat in heartbeats(bench)]
        assert ticks[:3] == [1, 2, 3] and 103 <= len(ticks) <= 106
        assert ticks == [n % 100 for n in range(1, len(ticks) + 1)]

    bench.run(body)


# Nobody reads what Linux says on the heartbeat's channel: its buffers go back at once.
def test_messages_on_the_heartbeat_s_channel_are_dropped():
    bench = Bench(heartbeat_ticks=10)

    async def body():
        await bench.connect()
        bench.linux.send_to("sunxi,rpmsg_heartbeat", SRC, b"hello")
        await bench.ms(2)
        bench.linux.master.reclaim()
        assert len(bench.linux.master.free) == 128
        assert len(heartbeats(bench)) == 1

    bench.run(body)


# Stop ############################################################################


def test_a_stop_word_ends_everything_and_is_recorded():
    bench = Bench(heartbeat_ticks=10)
    waits = []

    def serve(request, serve=bench.machine.serve):
        if request[0] == WAIT and bench.stopped is not None:
            waits.append(request)
            bench.finished = True
            return 0
        return serve(request)

    bench.machine.serve = serve

    async def body():
        await bench.connect()
        bench.linux.announce("sunxi,rpmsg_heartbeat", SRC)
        await bench.ms(2)
        bench.linux.leave()
        bench.take_log()
        bench.linux.kick(STOP)
        await bench.ms(1000)
        raise AssertionError("the RTOS goes on after its stop")

    bench.run(body)
    assert bench.stopped == 0x16AA0001
    # Nothing interrupts the wait, and it has no end: the core sleeps for good.
    assert waits == [(WAIT, -1, 0)]
    assert not bench.kernel.watched
    assert bench.local.enabled == 0
    assert bench.trace().endswith("amp: stopped by linux\n")
    assert bench.take_log()[-1] == ("W", STOP_RECORD, 4, 0x16AA0001)


# After Linux has gone its rings are left alone.
def test_a_stop_touches_no_ring():
    bench = Bench()

    def serve(request, serve=bench.machine.serve):
        reply = serve(request)
        bench.finished = bench.finished or bench.stopped is not None
        return reply

    bench.machine.serve = serve

    async def body():
        await bench.connect()
        bench.linux.leave()
        bench.take_log()
        bench.linux.kick(STOP)
        await bench.ms(1000)

    bench.run(body)
    rings = [entry for entry in bench.take_log() if 0x81380000 <= entry[1] < 0x81400000]
    assert rings == []


# A stop that comes between any two accesses of the start, of traffic, and while Linux is away. (One
# from before the RTOS listens is lost with what its predecessor has left in the FIFO.)
def test_a_stop_may_come_at_any_moment():
    for moment in range(1, 6000, 131):
        bench = Bench(heartbeat_ticks=3)
        left = [moment]

        def serve(request, bench=bench, left=left, serve=bench.machine.serve):
            reply = serve(request)
            left[0] -= bench.local.enabled
            if left[0] == 0:
                if bench.linux.master is not None:
                    bench.linux.leave()
                bench.linux.kick(STOP)
            bench.finished = bench.finished or bench.stopped is not None
            return reply

        async def body(bench=bench):
            await bench.start_amp()
            await echo.start(bench.kernel, bench.console)
            for _ in range(100):
                await bench.ms(2)
                bench.linux.probe()
                await bench.ms(5)
                bench.linux.receive()
                bench.linux.announce("sunxi,rpmsg_heartbeat", SRC)
                for _ in range(3):
                    bench.linux.send_to("rpmsg_chrdev", SRC, b"echo")
                    await bench.ms(1)
                bench.linux.leave()
                await bench.ms(15)

        bench.machine.serve = serve
        bench.run(body)
        assert bench.stopped == 0x16AA0001, moment


# Linux leaves and comes back #####################################################


def test_linux_may_leave_and_come_back():
    bench = Bench(heartbeat_ticks=10)
    amp_dev = []

    async def body():
        await bench.start_amp()
        await echo.start(bench.kernel, bench.console)
        for life in range(3):
            bench.linux.probe()
            await bench.ms(15)
            bench.linux.receive()
            assert [name for name, _, _ in bench.linux.announcements] == ALL_NAMES
            assert bench.kernel.amp.dev not in amp_dev
            amp_dev.append(bench.kernel.amp.dev)
            assert bench.kernel.amp.dev.link_state == RL_TRUE
            for i in range(5):
                text = b"life %d message %d" % (life, i)
                bench.linux.send_to("rpmsg_chrdev", SRC, text)
                await bench.ms(2)
                assert bench.linux.take(SRC) == text
            bench.linux.leave()
            await bench.ms(30)
            bench.linux.announcements.clear()
            bench.linux.inbox.clear()

    bench.run(body)


# Threads, queues and locks of a link that has ended are gone, however often that happens.
def test_links_that_end_leave_nothing_behind():
    bench = Bench(heartbeat_ticks=10)
    counts = []

    async def body():
        await bench.start_amp()
        for _ in range(4):
            bench.linux.probe()
            await bench.ms(15)
            bench.linux.leave()
            await bench.ms(200)
            objects = bench.kernel.objects
            kinds = ("thread", "msgqueue", "mutex", "semaphore", "mailbox", "event", "timer")
            counts.append([len(objects.list(kind)) for kind in kinds])
        assert counts[1:] == [counts[1]] * 3, counts

    bench.run(body)


# Whatever the RTOS is doing when Linux leaves: on the next link everything works again, and no
# buffer of it is lost.
def test_linux_may_leave_at_any_moment():
    for moment in range(1, 2500, 97):
        bench = Bench(heartbeat_ticks=3)
        left = [moment]
        gone = []

        def serve(request, bench=bench, left=left, gone=gone, serve=bench.machine.serve):
            reply = serve(request)
            left[0] -= bench.local.enabled
            if left[0] == 0:
                bench.linux.leave()
                gone.append(bench.machine.cycle)
            return reply

        async def body(bench=bench, gone=gone):
            linux = bench.linux
            linux.probe()
            await bench.start_amp()
            await echo.start(bench.kernel, bench.console)
            while not gone:
                await bench.ms(2)
                linux.receive()
                if "rpmsg_chrdev" in linux.channels and not gone:
                    linux.send_to("rpmsg_chrdev", SRC, b"in flight")
            await bench.ms(40)
            bench.local.fifos[0].clear()
            linux.channels.clear()
            linux.inbox.clear()
            linux.announcements.clear()
            linux.probe()
            await bench.ms(20)
            linux.receive()
            assert [name for name, _, _ in linux.announcements] == ALL_NAMES, gone
            linux.send_to("rpmsg_chrdev", SRC, b"again")
            await bench.ms(2)
            assert linux.take(SRC) == b"again"
            linux.master.reclaim()
            assert len(linux.master.free) == 128

        bench.machine.serve = serve
        bench.run(body)
