# SPDX-License-Identifier: Apache-2.0
# The rpmsg controller: clients by name, the order of messages and acks, resets.

import struct

from v821_bench import Bench

CTRL = "sunxi,rpmsg_ctrl"
CLIENT = "sunxi,rpmsg_client"
CTRL_ADDR = 1024

CREATE, CLOSE = 0x13141413, 0x13141414
RESET_GRP, RESET_ALL = 0x12131516, 0x14151617
OK, FAILED, NOLISTEN, NOMEM, NOENT = (
    0x13131411,
    0x13131412,
    0x13131413,
    0x13131415,
    0x13131416,
)


# Linux's driver of the controller and of clients, as far as a test wants it.
class Driver:
    def __init__(self, bench):
        self.bench = bench
        self.linux = bench.linux
        self.next_address = 1030
        # Address of Linux by id.
        self.clients = {}

    async def start(self):
        await self.bench.connect()
        self.linux.announce(CTRL, CTRL_ADDR)
        await self.bench.ms(1)

    def command(self, cmd, name, id):
        message = struct.pack("<32sIII", name, id, 0, cmd)
        self.linux.send_to(CTRL, CTRL_ADDR, message)

    def ack(self):
        message = self.linux.take(CTRL_ADDR)
        return None if message is None else struct.unpack("<II", message)

    # The whole way of an open; answer: what Linux's client driver acks. -> the controller's ack
    async def create(self, name, id, answer=OK):
        bench = self.bench
        self.command(CREATE, name, id)
        await bench.ms(2)
        self.linux.receive()
        remote = self.linux.channels.pop(CLIENT, None)
        if remote is None:
            return self.ack()
        address = self.next_address
        self.next_address += 1
        self.linux.announce(CLIENT, address)
        await bench.ms(2)
        assert self.linux.take(address) == struct.pack("<32sIII", name, id, 0, CREATE)
        assert self.ack() is None, "the controller acks before the client has"
        self.clients[id] = (address, remote)
        self.linux.send(address, remote, struct.pack("<II", id, answer))
        await bench.ms(2)
        return self.ack()

    async def talk(self, id, data):
        address, remote = self.clients[id]
        self.linux.send(address, remote, data)
        await self.bench.ms(2)
        return self.linux.take(address)


def run(body):
    bench = Bench()
    driver = Driver(bench)

    async def whole():
        await driver.start()
        await body(bench, driver)

    bench.run(whole)


def test_a_client_is_created_and_talks():
    async def body(bench, driver):
        assert await driver.create(b"rpmsg_demo", 1) == (1, OK)
        assert await driver.talk(1, b"hello") == b"hello"

    run(body)


def test_the_message_s_name_has_to_be_bound():
    async def body(bench, driver):
        assert await driver.create(b"nobody", 4) == (4, NOLISTEN)

    run(body)


def test_no_more_clients_than_were_bound_for():
    async def body(bench, driver):
        seen = []

        async def callback(client, message):
            seen.append((client.id, bytes(message)))

        assert bench.kernel.amp.listeners.bind(b"two", callback, 2) == 0
        assert await driver.create(b"two", 1) == (1, OK)
        assert await driver.create(b"two", 2) == (2, OK)
        assert await driver.create(b"two", 3) == (3, NOENT)
        await driver.talk(2, b"to two")
        await driver.talk(1, b"to one")
        assert seen == [(2, b"to two"), (1, b"to one")]

    run(body)


# Linux's client driver could not make its device: the endpoint is closed again.
def test_a_client_that_linux_refuses_is_not_created():
    async def body(bench, driver):
        assert await driver.create(b"rpmsg_demo", 1, FAILED) == (1, NOMEM)
        bench.linux.receive()
        name, _, flags = bench.linux.announcements[-1]
        assert (name, flags) == (CLIENT, 1)
        assert bench.kernel.amp.ctrl.clients == []

    run(body)


# Nobody binds to the client's endpoint, or acks on it: after a second the controller gives up.
def test_a_linux_that_does_not_answer_is_given_a_second():
    async def body(bench, driver):
        for binds in (False, True):
            driver.command(CREATE, b"rpmsg_demo", 9)
            if binds:
                await bench.ms(2)
                bench.linux.receive()
                bench.linux.announce(CLIENT, 1050)
            await bench.ms(900)
            assert driver.ack() is None
            await bench.ms(200)
            assert driver.ack() == (9, NOMEM)
            assert [channel.name for channel in bench.kernel.amp.channels].count(CLIENT) == 0

    run(body)


def test_close_acks_first_and_then_ends_the_channel():
    async def body(bench, driver):
        unbound = []
        listeners = bench.kernel.amp.listeners
        listeners.bind(b"name", None, 1, unbind=lambda client: unbound.append(client.id))
        await driver.create(b"name", 1)
        bench.linux.announcements.clear()
        driver.command(CLOSE, b"name", 1)
        await bench.ms(2)
        first = bench.linux.master.receive()
        second = bench.linux.master.receive()
        assert (first[1], first[2]) == (CTRL_ADDR, struct.pack("<II", 1, OK))
        assert second[1] == 0x35 and second[2][36:] == b"\x01\0\0\0"
        assert unbound == [1]
        # There is room for another one.
        assert await driver.create(b"name", 2) == (2, OK)

    run(body)


def test_closing_what_does_not_exist_is_not_acked():
    async def body(bench, driver):
        driver.command(CLOSE, b"rpmsg_demo", 77)
        await bench.ms(5)
        assert driver.ack() is None

    run(body)


def test_reset_group_closes_the_clients_of_a_name_and_keeps_it():
    async def body(bench, driver):
        for id, name in ((1, b"rpmsg_demo"), (2, b"rpmsg_test"), (3, b"rpmsg_demo")):
            assert await driver.create(name, id) == (id, OK)
        driver.command(RESET_GRP, b"rpmsg_demo", 0)
        await bench.ms(5)
        assert driver.ack() == (0, OK)
        assert [client.id for client in bench.kernel.amp.ctrl.clients] == [2]
        assert await driver.create(b"rpmsg_demo", 4) == (4, OK)

    run(body)


# The original unbinds the names too: nothing can be created until somebody binds again.
def test_reset_all_closes_every_client_and_unbinds_every_name():
    async def body(bench, driver):
        await driver.create(b"rpmsg_demo", 1)
        await driver.create(b"rpmsg_test", 2)
        driver.command(RESET_ALL, b"", 0)
        await bench.ms(5)
        assert driver.ack() == (0, OK)
        assert bench.kernel.amp.ctrl.clients == []
        assert await driver.create(b"rpmsg_demo", 3) == (3, NOLISTEN)

    run(body)


def test_what_is_no_command_is_ignored():
    async def body(bench, driver):
        bench.linux.send_to(CTRL, CTRL_ADDR, b"short")
        bench.linux.send_to(CTRL, CTRL_ADDR, bytes(45))
        driver.command(0x12345678, b"rpmsg_demo", 1)
        await bench.ms(3)
        assert driver.ack() is None
        assert await driver.create(b"rpmsg_demo", 1) == (1, OK)
        assert "rpmsg ctrldev: invalid command 0x12345678\n" in bench.trace()

    run(body)


def test_names_are_bound_once_and_within_limits():
    async def body(bench, driver):
        bind = bench.kernel.amp.listeners.bind
        assert bind(b"x", None, 0) == -10
        assert bind(b"", None, 1) == -10
        assert bind(b"a" * 32, None, 1) == -10
        assert bind(b"a" * 31, None, 1) == 0
        assert bind(b"a" * 31, None, 1) == -1
        for i in range(40):
            bind(b"name%d" % i, None, 1)
        assert len(bench.kernel.amp.listeners.all()) == 32
        assert bind(b"one too many", None, 1) == -5

    run(body)


# The clients of rpmsg_test: the trailing MD5 is checked, every message comes back.
def test_the_test_client_counts_damaged_messages():
    import hashlib

    async def body(bench, driver):
        await driver.create(b"rpmsg_test", 1)
        test = bench.kernel.amp.test
        for size in (17, 100, 496):
            data = bytes(i & 0xFF for i in range(size - 16))
            message = data + hashlib.md5(data).digest()
            assert await driver.talk(1, message) == message
        assert (test.messages, test.bytes, test.failed) == (3, 613, 0)
        assert await driver.talk(1, bytes(100)) == bytes(100)
        assert await driver.talk(1, bytes(16)) == bytes(16)
        assert (test.messages, test.bytes, test.failed) == (5, 729, 1)

    run(body)


def test_the_test_channel_does_the_same_and_ignores_an_empty_first_message():
    async def body(bench, driver):
        bench.linux.send_to("sunxi,rpmsg_test", 1060, b"")
        await bench.ms(2)
        assert bench.linux.take(1060) is None
        bench.linux.send_to("sunxi,rpmsg_test", 1060, b"short")
        await bench.ms(2)
        assert bench.linux.take(1060) == b"short"
        assert bench.kernel.amp.test.messages == 1

    run(body)
