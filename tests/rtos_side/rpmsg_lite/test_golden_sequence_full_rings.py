# SPDX-License-Identifier: Apache-2.0
# rpmsg-lite's sequence from reset to the first echo as the facts list it (rtos-side 6.1, rows 1 to
# 12), access by access: rings of 256, a page as alignment, 512 buffers of 512 bytes.
#
# The port lays the second ring behind the first; upstream leaves 0x8000 to each. Everything else of
# the table holds, and so do the differences to OpenAMP that an oracle sees (same place, a to g).

from remote_bench import BUFFERS, MAILBOX, Bench

from rtos_side.hal import read_block
from rtos_side.rpmsg_lite.constants import (
    RL_BLOCK,
    RL_NOT_READY,
    RL_NS_CREATE,
    RL_RELEASE,
    RL_SUCCESS,
)
from rtos_side.rpmsg_lite.layout import ns_message
from rtos_side.rpmsg_lite.rpmsg_lite import rpmsg_lite_create_ept, rpmsg_lite_send
from rtos_side.rpmsg_lite.rpmsg_ns import rpmsg_ns_announce
from rtos_side.rpmsg_lite.rpmsg_queue import (
    rpmsg_queue_create,
    rpmsg_queue_recv,
    rpmsg_queue_rx_cb,
)

NUM = 256
RING = (NUM, 0x1000, 0x1000, 0x2000, 0x3000)
ADDR = 0x1E
SRC = 0x400
HELLO = b"hello world!"
TX_BUFFER = BUFFERS + 512 * NUM

# A mailbox word is no part of the facts' table: rows 7 and 8 say "mailbox rule on JH-7110".
REGISTERS = range(MAILBOX, MAILBOX + 0x100)


def machine():
    return Bench(ring=RING, consumed_notify=False)


def in_rings(bench):
    return [access for access in bench.take_log() if access[1] not in REGISTERS]


# Rows 4 to 7: take a buffer, fill it, publish it with the descriptor's length, look at the flags.
def sent(bench, n, dst, payload):
    buffer = BUFFERS + 512 * n
    desc, avail, used = bench.desc(0) + 16 * n, bench.avail(0), bench.used(0)
    return [
        ("R", avail + 2, 2, NUM),
        ("R", avail + 4 + 2 * n, 2, n),
        ("R", desc, 8, buffer),
        ("R", desc + 8, 4, 512),
        ("W", buffer + 4, 4, dst),
        ("W", buffer, 4, ADDR),
        ("W", buffer + 12, 2, len(payload)),
        ("W", buffer + 14, 2, 0),
        ("w", buffer + 16, payload),
        ("R", used + 2, 2, n),
        ("W", used + 4 + 8 * n, 4, n),
        ("W", used + 8 + 8 * n, 4, 512),
        ("R", used + 2, 2, n),
        ("W", used + 2, 2, n + 1),
        ("R", used, 2, 0),
    ]


# Row 9: the receive interrupt, up to the endpoint's callback.
def taken(bench):
    desc, avail = bench.desc(1), bench.avail(1)
    return [
        ("R", avail + 2, 2, 1),
        ("R", avail + 4, 2, 0),
        ("R", desc, 8, TX_BUFFER),
        ("R", desc + 8, 4, 16 + len(HELLO)),
        ("R", TX_BUFFER + 4, 4, ADDR),
        ("R", TX_BUFFER + 12, 2, len(HELLO)),
        ("R", TX_BUFFER, 4, SRC),
    ]


# The buffer goes back with the length that Linux has given its descriptor.
def freed(bench):
    used = bench.used(1)
    return [
        ("R", used + 2, 2, 0),
        ("W", used + 4, 4, 0),
        ("W", used + 8, 4, 16 + len(HELLO)),
        ("R", used + 2, 2, 0),
        ("W", used + 2, 2, 1),
    ]


def again(bench):
    return [("R", bench.avail(1) + 2, 2, 1)]


def test_what_linux_has_left():
    bench = machine()
    get = bench.memory.get
    assert bench.avail(0) == bench.desc(0) + 0x1000
    assert bench.used(0) == bench.desc(0) + 0x2000
    for n in range(NUM):
        desc = bench.desc(0) + 16 * n
        found = get(desc, 8), get(desc + 8, 4), get(desc + 12, 2), get(desc + 14, 2)
        assert found == (BUFFERS + 512 * n, 512, 2, 0)
        assert get(bench.avail(0) + 4 + 2 * n, 2) == n
    assert [get(bench.avail(n), 2) for n in range(2)] == [0, 1]
    assert [get(bench.avail(n) + 2, 2) for n in range(2)] == [NUM, 0]


def test_rows_1_to_12_through_a_queue():
    bench = machine()

    async def body():
        dev = await bench.remote_init()
        assert in_rings(bench) == []  # row 1
        await bench.wait_for_link(dev)
        assert in_rings(bench) == []  # row 2
        queue = rpmsg_queue_create(dev)
        ept = await rpmsg_lite_create_ept(dev, ADDR, rpmsg_queue_rx_cb, queue)
        assert in_rings(bench) == []  # row 3

        await rpmsg_ns_announce(dev, ept, "rpmsg-client-sample", RL_NS_CREATE)
        announcement = bytes(ns_message("rpmsg-client-sample", ADDR, RL_NS_CREATE))
        assert len(announcement) == 40
        assert in_rings(bench) == sent(bench, 0, 0x35, announcement)  # rows 4 to 7
        assert bench.kicks == 1

        await bench.deliver(SRC, ADDR, HELLO)  # row 8
        hold = [("W", TX_BUFFER + 10, 2, 0)]
        assert in_rings(bench) == taken(bench) + hold + again(bench)  # rows 9 and 10
        assert bench.kicks == 1

        data, src, length = bytearray(496), [0], [0]
        await rpmsg_queue_recv(dev, queue, src, data, 496, length, RL_BLOCK)
        back = [
            ("r", TX_BUFFER + 16, HELLO),
            ("R", TX_BUFFER + 10, 2, 0),
            ("R", bench.desc(1) + 8, 4, 16 + len(HELLO)),
        ]
        assert in_rings(bench) == back + freed(bench)  # row 11
        assert bench.kicks == 1

        await rpmsg_lite_send(dev, ept, src[0], data, length[0], RL_BLOCK)
        assert in_rings(bench) == sent(bench, 1, SRC, HELLO)  # row 12
        assert bench.kicks == 2

    bench.run(body)


# Row 12 inside of row 9, in the interrupt; the buffer goes back after the echo.
def test_direct_echo_in_the_callback():
    bench = machine()

    async def echo(payload, length, src, ept):
        data = await read_block(payload, length)
        assert await rpmsg_lite_send(bench.dev, ept[0], src, data, length, RL_BLOCK) == RL_SUCCESS
        return RL_RELEASE

    async def body():
        dev = bench.dev = await bench.link_up()
        kept = [None]
        kept[0] = await rpmsg_lite_create_ept(dev, ADDR, echo, kept)
        bench.take_log()
        await bench.deliver(SRC, ADDR, HELLO)
        payload = [("r", TX_BUFFER + 16, HELLO)]
        expected = taken(bench) + payload + sent(bench, 0, SRC, HELLO) + freed(bench)
        assert in_rings(bench) == expected + again(bench)
        assert bench.kicks == 1
        assert bench.master.receive() == (ADDR, SRC, HELLO)

    bench.run(body)


# Differences (a), (b), (d) and (e): used.flags is read and never written; the kick looks at it and
# not at avail.flags; a sent header keeps what was in `reserved`; only an interrupt makes a link.
def test_what_tells_it_from_openamp():
    bench = machine()
    memory = bench.memory
    memory.put(bench.avail(0), 2, 1)  # what would keep OpenAMP from kicking
    memory.put(BUFFERS + 8, 4, 0xAA55)

    async def body():
        dev = await bench.remote_init()
        ept = await rpmsg_lite_create_ept(dev, ADDR, rpmsg_queue_rx_cb, None)
        assert await rpmsg_lite_send(dev, ept, SRC, HELLO, 12, RL_BLOCK) == RL_NOT_READY
        await bench.wait_for_link(dev)
        assert await rpmsg_lite_send(dev, ept, SRC, HELLO, 12, RL_BLOCK) == RL_SUCCESS
        assert bench.kicks == 1
        memory.put(bench.used(0), 2, 1)  # its own word, which nobody else sets
        assert await rpmsg_lite_send(dev, ept, SRC, HELLO, 12, RL_BLOCK) == RL_SUCCESS
        assert bench.kicks == 1
        assert memory.get(BUFFERS + 8, 4) == 0xAA55
        flags = [bench.used(n) for n in range(2)] + [bench.avail(n) for n in range(2)]
        assert not [
            access for access in bench.take_log() if access[0] == "W" and access[1] in flags
        ]

    bench.run(body)
