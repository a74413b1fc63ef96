# SPDX-License-Identifier: Apache-2.0
# The echo apps: what they print, announce and send back.

from remote_bench import Bench

from rtos_side.apps import echo, rpmsg_linux_test

SRC = 1024
EPT = 0x4004

ANNOUNCEMENT = b"rpmsg_chrdev" + bytes(20) + b"\x04\x40\0\0" + bytes(4)

BEFORE_LINK = (
    "rpmsg linux test: receive data from linux then send back\n"
    "rpmsg remote: remote core cpu_id-4\n"
    "rpmsg remote: shmem_base-0x6e410000 shmem_end-0x6e7fffff\n"
)


class Console:
    def __init__(self):
        self.text = ""

    async def write(self, text):
        self.text += text


# Starts an app, and gives it an IPI a few ticks later.
async def start(bench, console, app_start):
    await app_start(bench.kernel, console)
    bench.at_tick(bench.kernel.clock.tick + 3, bench.raise_ipi)
    await bench.kernel.delay(5)


async def echo_of(bench, payload):
    await bench.deliver(SRC, EPT, payload)
    await bench.kernel.delay(1)
    return bench.master.receive()


def test_linux_test_waits_for_an_ipi_then_announces_and_echoes():
    bench = Bench()
    console = Console()

    async def body():
        await rpmsg_linux_test.start(bench.kernel, console)
        await bench.kernel.delay(2)
        assert console.text == BEFORE_LINK
        assert bench.master.receive() is None
        bench.raise_ipi()
        await bench.kernel.delay(2)
        assert console.text == BEFORE_LINK + "rpmsg remote: link up! link_id-0x0\n"
        assert bench.master.receive() == (EPT, 0x35, ANNOUNCEMENT)
        for payload in (b"hello there 1!", b"", bytes(range(256)) + bytes(240)):
            assert await echo_of(bench, payload) == (EPT, SRC, payload)
        bench.master.reclaim()
        assert sorted(bench.master.free) == [0, 1]

    bench.run(body)


def test_linux_test_prints_what_the_name_service_says():
    bench = Bench()
    console = Console()

    async def body():
        await start(bench, console, rpmsg_linux_test.start)
        console.text = ""
        await bench.deliver(0x35, 0x35, b"rpmsg-raw" + bytes(23) + b"\x01\x04\0\0" + bytes(4))
        assert console.text == (
            "rpmsg remote: name service callback cpu_id-4\n"
            "rpmsg remote: new_ept-0x401 name-rpmsg-raw\n"
        )

    bench.run(body)


def test_linux_test_runs_in_the_original_thread():
    bench = Bench()
    console = Console()

    async def body():
        await start(bench, console, rpmsg_linux_test.start)
        thread = bench.kernel.objects.find("thread", "rpmsg_linux_test")
        assert (thread.stack_size, thread.priority, thread.init_tick) == (4096, 9, 20)

    bench.run(body)


def test_echo_by_copy_and_in_place_send_the_same():
    for zero_copy in (False, True):
        bench = Bench()
        console = Console()

        async def app_start(kernel, console, zero_copy=zero_copy):
            await echo.start(kernel, console, zero_copy)

        async def body(bench=bench, console=console, app_start=app_start):
            await start(bench, console, app_start)
            assert console.text == ""
            assert bench.master.receive() == (EPT, 0x35, ANNOUNCEMENT)
            for i in range(5):
                payload = b"message %d" % i
                assert await echo_of(bench, payload) == (EPT, SRC, payload)
            assert (await echo_of(bench, b"")) == (EPT, SRC, b"")
            bench.master.reclaim()
            assert sorted(bench.master.free) == [0, 1]

        bench.run(body)


# In place, the index of the transmit descriptor shows in `reserved`.
def test_the_shell_command_chooses_the_variant():
    bench = Bench()
    console = Console()

    async def app_start(kernel, console):
        await echo.command(kernel, console, ["nocopy"])

    async def body():
        await start(bench, console, app_start)
        bench.master.receive()
        await bench.deliver(SRC, EPT, b"which?")
        await bench.kernel.delay(1)
        buffer = bench.memory.get(bench.desc(0) + 16, 8)
        assert bench.memory.get(buffer + 8, 4) == 0x00010000

    bench.run(body)


# Typed at the shell while an echo runs: refused, and the running one goes on.
def test_a_second_start_leaves_the_first_alone():
    for second in (rpmsg_linux_test.start, echo.start):
        bench = Bench()
        console = Console()

        async def body(bench=bench, console=console, second=second):
            await start(bench, console, echo.start)
            bench.master.receive()
            await second(bench.kernel, console)
            assert console.text == "rpmsg remote: the link is in use\n"
            assert await echo_of(bench, b"still here") == (EPT, SRC, b"still here")

        bench.run(body)


# A message that waits for its turn on an exhausted ring is late, not lost.
def test_echo_waits_for_a_buffer():
    bench = Bench()
    console = Console()

    async def body():
        await start(bench, console, echo.start)
        await bench.deliver(SRC, EPT, b"one")
        await bench.kernel.delay(1)
        await bench.deliver(SRC, EPT, b"two")
        await bench.kernel.delay(3)
        seen = []
        for _ in range(3):
            await bench.kernel.delay(2)
            seen.append(bench.master.receive()[2])
        assert seen == [ANNOUNCEMENT, b"one", b"two"]

    bench.run(body)
