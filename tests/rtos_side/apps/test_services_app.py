# SPDX-License-Identifier: Apache-2.0
# The services app: its services, and its client wherever they run.

import struct

from v821_bench import Bench

from rtos_side.apps import services

ADDR = 1100
NAME = "sunxi,service"


def answers(bench):
    return [event[2:] for event in bench.machine.hart.events if event[1] == "app_done"]


def hello(bench):
    bench.linux.send_to(NAME, ADDR, struct.pack("<BBHHH16s", 3, 0, 0, 0, 0, b""))


# Linux's side of a call: serves what the app would, in its own words.
def serve(bench, wrong=False):
    while True:
        question = bench.linux.take(ADDR)
        if question is None:
            return
        kind, _, sequence, function, length, name = struct.unpack("<BBHHH16s", question[:24])
        assert kind == 1 and length == len(question) - 24
        data = question[24:]
        service = name.rstrip(b"\0")
        if service == b"adder":
            words = struct.unpack("<" + "I" * (length // 4), data)
            result = struct.pack("<I", sum(words) % 2**32)
        else:
            assert service == b"text"
            result = data.upper() if function == 0 else bytes(reversed(data))
        if wrong:
            result += b"?"
        header = struct.pack("<BBHHH16s", 2, 0, sequence, function, len(result), name)
        bench.linux.send_to(NAME, ADDR, header + result)


async def finish(bench, wrong=False):
    for _ in range(400):
        await bench.ms(1)
        if bench.linux.master is not None:
            serve(bench, wrong)
        if answers(bench):
            break
    return bench.device.text.split("\n")[-2]


def test_every_place_of_the_services_gives_the_same_answers():
    for here in (("adder", "text"), ("adder",), ("text",), ()):
        bench = Bench()
        bench.machine.board["services"] = here

        async def body(bench=bench, here=here):
            await bench.connect()
            await services.start(bench.kernel, bench.console, 12)
            assert bench.kernel.amp.services.names() == sorted(set(here) | {"crash"})
            hello(bench)
            assert await finish(bench) == "services: 12 rounds, 0 wrong, 0 errors"
            assert answers(bench) == [(12, 0)]

        bench.run(body)


def test_wrong_answers_are_counted():
    bench = Bench()
    bench.machine.board["services"] = ("text",)

    async def body():
        await bench.connect()
        await services.command(bench.kernel, bench.console, ["4"])
        hello(bench)
        assert await finish(bench, wrong=True) == "services: 4 rounds, 4 wrong, 0 errors"
        assert answers(bench) == [(4, 4)]

    bench.run(body)


def test_linux_can_call_both_services():
    bench = Bench()

    async def body():
        await bench.connect()
        await services.start(bench.kernel, bench.console, 1)
        for name, function, data, expected in (
            (b"adder", 0, struct.pack("<III", 1, 2, 3), (0, struct.pack("<I", 6))),
            (b"adder", 0, struct.pack("<II", 0xFFFFFFFF, 2), (0, struct.pack("<I", 1))),
            (b"adder", 0, b"", (0, bytes(4))),
            (b"adder", 0, b"abc", (3, b"")),
            (b"adder", 1, b"", (2, b"")),
            (b"text", 0, b"Hello \xe4 z{", (0, b"HELLO \xe4 Z{")),
            (b"text", 1, b"abc", (0, b"cba")),
            (b"text", 1, bytes(472), (0, bytes(472))),
            (b"nothing", 0, b"", (1, b"")),
        ):
            call = struct.pack("<BBHHH16s", 1, 0, 77, function, len(data), name) + data
            bench.linux.send_to(NAME, ADDR, call)
            await bench.ms(3)
            answer = bench.linux.take(ADDR)
            assert (answer[1], answer[24:]) == expected, (name, function, data)

    bench.run(body)


def test_a_second_start_is_refused():
    bench = Bench()

    async def body():
        await bench.connect()
        await services.start(bench.kernel, bench.console, 1)
        await bench.ms(5)
        await services.start(bench.kernel, bench.console, 1)
        assert bench.device.text.endswith("services: running already\n")

    bench.run(body)
