# SPDX-License-Identifier: Apache-2.0
# Service calls: the same call here and there, both ways at once, and what can go wrong.

import struct

from v821_bench import Bench

from rtos_side.services.errors import (
    CallTimedOut,
    NoFunction,
    NoService,
    ServerDead,
    ServiceError,
    ServiceFailed,
)

ADDR = 1100
NAME = "sunxi,service"
CALL, RETURN, HELLO = 1, 2, 3


def message(kind, status, sequence, function, name, data=b""):
    header = struct.pack("<BBHHH16s", kind, status, sequence, function, len(data), name)
    return header + data


# (kind, status, sequence, function, name, data)
def fields(raw):
    kind, status, sequence, function, length, name = struct.unpack("<BBHHH16s", raw[:24])
    assert length == len(raw) - 24
    return kind, status, sequence, function, name.rstrip(b"\0"), raw[24:]


def run(body):
    bench = Bench()

    async def whole():
        await bench.connect()
        bench.linux.send_to(NAME, ADDR, message(HELLO, 0, 0, 0, b""))
        await bench.ms(1)
        await body(bench, bench.kernel.amp.services)

    bench.run(whole)


# Starts a call in a thread of its own. -> list that gets what came of it
async def start_call(bench, name, function, data, timeout=1000):
    outcome = []

    async def caller():
        try:
            call = bench.kernel.amp.services.call
            outcome.append(await call(name, function, data, timeout))
        except ServiceError as error:
            outcome.append(error)

    await bench.start_thread("caller", caller, 4)
    await bench.ms(1)
    return outcome


async def double(data):
    return bytes(data) * 2


async def fails(data):
    raise ValueError("on purpose")


def raised(outcome, kind, text):
    assert len(outcome) == 1 and type(outcome[0]) is kind, outcome
    assert str(outcome[0]) == text


def test_a_local_service_is_called_directly():
    async def body(bench, services):
        services.register("twice", (double, fails))
        assert await services.call("twice", 0, b"ab") == b"abab"
        raised(
            await start_call(bench, "twice", 1, b""), ServiceFailed, "twice.1: the service failed"
        )
        raised(await start_call(bench, "twice", 2, b""), NoFunction, "twice.2: no such function")
        assert bench.linux.take(ADDR) is None

    run(body)


def test_a_remote_service_is_called_over_the_link():
    async def body(bench, services):
        outcome = await start_call(bench, "there", 3, b"question")
        assert outcome == []
        kind, status, sequence, function, name, data = fields(bench.linux.take(ADDR))
        assert (kind, status, function, name, data) == (CALL, 0, 3, b"there", b"question")
        bench.linux.send_to(NAME, ADDR, message(RETURN, 0, sequence, 3, b"there", b"answer"))
        await bench.ms(1)
        assert outcome == [b"answer"]

    run(body)


# The message would carry the first 16 characters: another service's name.
def test_a_name_that_no_message_holds_is_no_service_s():
    async def body(bench, services):
        for name in ("x" * 17, "\xe9" * 9, ""):
            outcome = await start_call(bench, name, 0, b"")
            raised(outcome, NoService, name + ".0: no such service")
            assert bench.linux.take(ADDR) is None

    run(body)


def test_every_status_of_the_other_side_has_its_error():
    async def body(bench, services):
        for status, kind, text in (
            (1, NoService, "there.0: no such service"),
            (2, NoFunction, "there.0: no such function"),
            (3, ServiceFailed, "there.0: the service failed"),
            (9, ServiceFailed, "there.0: the service failed"),
        ):
            outcome = await start_call(bench, "there", 0, b"")
            sequence = fields(bench.linux.take(ADDR))[2]
            bench.linux.send_to(NAME, ADDR, message(RETURN, status, sequence, 0, b"there"))
            await bench.ms(1)
            raised(outcome, kind, text)

    run(body)


def test_a_call_that_is_not_answered_times_out_and_a_late_answer_is_dropped():
    async def body(bench, services):
        outcome = await start_call(bench, "there", 0, b"", 20)
        sequence = fields(bench.linux.take(ADDR))[2]
        await bench.ms(10)
        assert outcome == []
        await bench.ms(20)
        raised(outcome, CallTimedOut, "there.0: timed out")
        bench.linux.send_to(NAME, ADDR, message(RETURN, 0, sequence, 0, b"there", b"late"))
        second = await start_call(bench, "there", 0, b"")
        assert second == []
        assert fields(bench.linux.take(ADDR))[2] != sequence

    run(body)


# An answer has to repeat function and name, not only the number.
def test_a_foreign_answer_is_dropped():
    async def body(bench, services):
        outcome = await start_call(bench, "there", 1, b"")
        sequence = fields(bench.linux.take(ADDR))[2]
        for function, name in ((2, b"there"), (1, b"other")):
            bench.linux.send_to(NAME, ADDR, message(RETURN, 0, sequence, function, name))
        bench.linux.send_to(NAME, ADDR, message(RETURN, 0, sequence + 1, 1, b"there"))
        await bench.ms(1)
        assert outcome == []
        bench.linux.send_to(NAME, ADDR, message(RETURN, 0, sequence, 1, b"there", b"!"))
        await bench.ms(1)
        assert outcome == [b"!"]

    run(body)


def test_the_server_dies_while_a_call_waits():
    async def body(bench, services):
        outcome = await start_call(bench, "there", 0, b"", 5000)
        bench.linux.leave()
        await bench.ms(30)
        raised(outcome, ServerDead, "there.0: the server is dead")
        raised(await start_call(bench, "there", 0, b""), ServerDead, "there.0: the server is dead")

    run(body)


def test_without_linux_s_hello_the_server_is_not_there():
    bench = Bench()

    async def body():
        await bench.connect()
        outcome = await start_call(bench, "there", 0, b"", 10)
        await bench.ms(20)
        raised(outcome, ServerDead, "there.0: the server is dead")

    bench.run(body)


async def ask(bench, sequence, function, name, data=b""):
    bench.linux.send_to(NAME, ADDR, message(CALL, 0, sequence, function, name, data))
    await bench.ms(2)
    answer = bench.linux.take(ADDR)
    return None if answer is None else fields(answer)


def test_linux_calls_services_of_this_core():
    async def body(bench, services):
        services.register("twice", (double, fails))
        assert await ask(bench, 7, 0, b"twice", b"xy") == (2, 0, 7, 0, b"twice", b"xyxy")
        assert await ask(bench, 8, 1, b"twice") == (2, 3, 8, 1, b"twice", b"")
        assert await ask(bench, 9, 2, b"twice") == (2, 2, 9, 2, b"twice", b"")
        assert await ask(bench, 65535, 0, b"none") == (2, 1, 65535, 0, b"none", b"")
        assert await ask(bench, 1, 0, b"\xff\xfe") == (2, 1, 1, 0, b"\xff\xfe", b"")

    run(body)


def test_an_answer_that_fits_no_message_is_a_failure():
    async def body(bench, services):
        services.register("twice", (double,))
        assert (await ask(bench, 1, 0, b"twice", bytes(236)))[1] == 0
        assert (await ask(bench, 2, 0, b"twice", bytes(237)))[1] == 3
        try:
            await services.call("twice", 0, bytes(473))
            raise AssertionError("no error")
        except ValueError as error:
            assert str(error) == "call of twice: at most 472 bytes, found 473"

    run(body)


# A service of this core asks one of Linux's while it is being called from there.
def test_a_core_is_server_and_client_at_once():
    async def body(bench, services):
        async def relay(data):
            return b"<" + await services.call("back", 0, data) + b">"

        services.register("relay", (relay,))
        for sequence in range(3):
            question = message(CALL, 0, sequence, 0, b"relay", b"%d" % sequence)
            bench.linux.send_to(NAME, ADDR, question)
        await bench.ms(2)
        asked = [fields(bench.linux.take(ADDR)) for _ in range(3)]
        assert sorted(question[5] for question in asked) == [b"0", b"1", b"2"]
        for _, _, sequence, _, name, data in reversed(asked):
            bench.linux.send_to(NAME, ADDR, message(RETURN, 0, sequence, 0, name, b"!" + data))
        await bench.ms(2)
        answers = [fields(bench.linux.take(ADDR)) for _ in range(3)]
        assert sorted((answer[2], answer[5]) for answer in answers) == [
            (0, b"<!0>"),
            (1, b"<!1>"),
            (2, b"<!2>"),
        ]

    run(body)


# More calls than can wait their turn: those too many fail at once, the others are served.
def test_too_many_calls_fail_and_none_is_forgotten():
    async def body(bench, services):
        async def slow(data):
            await bench.ms(20)
            return b""

        services.register("slow", (slow,))
        for sequence in range(40):
            bench.linux.send_to(NAME, ADDR, message(CALL, 0, sequence, 0, b"slow"))
            await bench.kernel.spend(1)
        await bench.ms(200)
        statuses = {}
        while True:
            answer = bench.linux.take(ADDR)
            if answer is None:
                break
            answer = fields(answer)
            statuses[answer[2]] = answer[1]
        assert sorted(statuses) == list(range(40))
        served = [sequence for sequence in statuses if statuses[sequence] == 0]
        assert sorted(served) == list(range(16))

    run(body)


def test_what_is_no_message_is_dropped():
    async def body(bench, services):
        services.register("twice", (double,))
        good = message(CALL, 0, 5, 0, b"twice", b"a")
        for bad in (b"", good[:23], good[:-1], good + b"x", message(4, 0, 5, 0, b"twice")):
            bench.linux.send_to(NAME, ADDR, bad)
        await bench.ms(3)
        assert bench.linux.take(ADDR) is None
        assert (await ask(bench, 6, 0, b"twice", b"a"))[5] == b"aa"

    run(body)


def test_a_service_is_registered_once_and_under_a_name_that_fits():
    async def body(bench, services):
        services.register("x" * 16, (double,))
        for name, text in (
            ("x" * 16, "service 'xxxxxxxxxxxxxxxx' is registered already"),
            ("x" * 17, "service name: expected 1 to 16 characters, found 'xxxxxxxxxxxxxxxxx'"),
            ("", "service name: expected 1 to 16 characters, found ''"),
        ):
            try:
                services.register(name, ())
                raise AssertionError("no error")
            except ValueError as error:
                assert str(error) == text
        services.unregister("x" * 16)
        assert services.names() == ["crash"]

    run(body)
