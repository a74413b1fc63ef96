# SPDX-License-Identifier: Apache-2.0
"""Calls by name, here or there, both ways at once, and their errors (facts 5.9)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host_side.kernel.errors import LinuxError
from host_side.services.errors import (
    CallTimedOut,
    NoFunction,
    NoService,
    ServerDead,
    ServiceError,
    ServiceFailed,
)
from host_side.services.layout import DATA_MAX, Kind, Message
from host_side.services.registry import Services
from tests.host_side.services.service_rig import CALL, HELLO, RETURN, ServiceRig, message


async def upper(data: bytes) -> bytes:
    return data.upper()


async def refuse(data: bytes) -> bytes:
    raise ValueError("no")


async def too_much(data: bytes) -> bytes:
    return bytes(DATA_MAX + 1)


@pytest.fixture
def rig() -> ServiceRig:
    return ServiceRig()


def error_of(rig: ServiceRig, coro: Any) -> ServiceError:
    with pytest.raises(ServiceError) as caught:
        rig.call(coro, 3 * 10**9)
    return caught.value


def test_hello_comes_first_and_once(rig: ServiceRig) -> None:
    rig.settle()
    assert rig.asked == [(HELLO, 0, 0, 0, b"", b"")]


def test_the_same_code_calls_here_and_there(rig: ServiceRig) -> None:
    call = rig.services.call
    assert rig.call(call("upper", 0, b"text")) == b"TEXT"
    assert rig.asked[-1] == (CALL, 0, 1, 0, b"upper", b"text")
    asked = len(rig.asked)
    rig.services.register("upper", (upper,))
    assert rig.call(call("upper", 0, b"text")) == b"TEXT"
    assert len(rig.asked) == asked
    rig.services.unregister("upper")
    rig.call(call("upper", 0, b"text"))
    assert len(rig.asked) == asked + 1


@pytest.mark.parametrize("here", [True, False])
@pytest.mark.parametrize(
    ("service", "function", "kind", "number", "text"),
    [
        ("nobody", 0, NoService, 2, "nobody.0: no such service"),
        ("upper", 9, NoFunction, 38, "upper.9: no such function"),
    ],
)
def test_named_errors(
    rig: ServiceRig,
    here: bool,
    service: str,
    function: int,
    kind: type[ServiceError],
    number: int,
    text: str,
) -> None:
    if here:
        rig.services.register("upper", (upper,))
    error = error_of(rig, rig.services.call(service, function, b""))
    assert (type(error), error.errno, str(error)) == (kind, number, text)


@pytest.mark.parametrize("status", [3, 4, 255])
def test_the_remote_failed(rig: ServiceRig, status: int) -> None:
    rig.status = status
    error = error_of(rig, rig.services.call("upper", 0, b""))
    assert (type(error), error.errno, str(error)) == (
        ServiceFailed,
        121,
        "upper.0: the service failed",
    )


@pytest.mark.parametrize("function", [refuse, too_much])
def test_a_local_function_failed(rig: ServiceRig, function: Any) -> None:
    rig.services.register("bad", (function,))
    assert type(error_of(rig, rig.services.call("bad", 0, b""))) is ServiceFailed


def test_no_answer_in_time(rig: ServiceRig) -> None:
    rig.silent = True
    begin = rig.machine.cycle
    error = error_of(rig, rig.services.call("upper", 0, b"", 200))
    assert (type(error), error.errno, str(error)) == (CallTimedOut, 110, "upper.0: timed out")
    assert 200_000_000 <= (rig.machine.cycle - begin) * 10 < 300_000_000


def test_late_answer_is_for_nobody(rig: ServiceRig) -> None:
    rig.silent = True
    error_of(rig, rig.services.call("upper", 0, b"old", 50))
    rig.tell((RETURN, 0, 1, 0, b"upper", b"OLD"))
    rig.settle()
    rig.silent = False
    assert rig.call(rig.services.call("upper", 0, b"new")) == b"NEW"


@pytest.mark.parametrize(
    "answer",
    [
        (RETURN, 0, 9, 0, b"upper", b"x"),
        (RETURN, 0, 1, 1, b"upper", b"x"),
        (RETURN, 0, 1, 0, b"other", b"x"),
        (CALL + 3, 0, 1, 0, b"upper", b"x"),
    ],
)
def test_answers_to_other_calls_are_ignored(rig: ServiceRig, answer: Any) -> None:
    rig.silent = True
    outcome: list[bytes] = []

    async def caller() -> None:
        outcome.append(await rig.services.call("upper", 0, b""))

    rig.start(caller())
    rig.settle()
    rig.tell(answer)
    rig.settle()
    assert outcome == []
    rig.tell((RETURN, 0, 1, 0, b"upper", b"right"))
    rig.settle()
    assert outcome == [b"right"]


def test_server_dies_during_the_call(rig: ServiceRig) -> None:
    rig.silent = True
    outcome: list[ServiceError] = []

    async def caller() -> None:
        try:
            await rig.services.call("upper", 0, b"")
        except ServiceError as error:
            outcome.append(error)

    rig.start(caller())
    rig.settle()
    rig.go_away()
    rig.machine.run(lambda: outcome)
    assert type(outcome[0]) is ServerDead
    assert (outcome[0].errno, str(outcome[0])) == (104, "upper.0: the server is dead")


def test_no_server(rig: ServiceRig) -> None:
    rig.go_away()
    error = error_of(rig, rig.services.call("upper", 0, b""))
    assert (type(error), error.errno) == (ServerDead, 32)
    rig.come_up()
    assert rig.call(rig.services.call("upper", 0, b"back")) == b"BACK"


def test_the_remote_calls_linux(rig: ServiceRig) -> None:
    rig.services.register("upper", (upper, refuse))
    for sequence, (function, name) in enumerate(((0, b"upper"), (1, b"upper"), (2, b"upper"))):
        rig.tell((CALL, 0, sequence, function, name, b"abc"))
        rig.settle()
    rig.tell((CALL, 0, 3, 0, b"nobody", b"abc"))
    rig.settle()
    rig.tell((CALL, 0, 4, 0, b"\xff\xfe", b"abc"))
    rig.settle()
    assert rig.asked[1:] == [
        (RETURN, 0, 0, 0, b"upper", b"ABC"),
        (RETURN, 3, 1, 1, b"upper", b""),
        (RETURN, 2, 2, 2, b"upper", b""),
        (RETURN, 1, 3, 0, b"nobody", b""),
        (RETURN, 1, 4, 0, b"\xff\xfe", b""),
    ]


def test_a_service_may_call_the_remote_itself(rig: ServiceRig) -> None:
    """Both cores are server and client at once."""

    async def relay(data: bytes) -> bytes:
        return b"<" + await rig.services.call("upper", 0, data) + b">"

    rig.services.register("relay", (relay,))
    rig.tell((CALL, 0, 7, 0, b"relay", b"abc"))
    rig.settle()
    assert rig.asked[-1] == (RETURN, 0, 7, 0, b"relay", b"<ABC>")


def test_error_of_a_nested_call_is_a_failure(rig: ServiceRig) -> None:
    async def relay(data: bytes) -> bytes:
        try:
            return await rig.services.call("upper", 9, data)
        except ServiceError as error:
            raise ValueError(str(error)) from None

    rig.services.register("relay", (relay,))
    rig.tell((CALL, 0, 7, 0, b"relay", b""))
    rig.settle()
    assert rig.asked[-1] == (RETURN, 3, 7, 0, b"relay", b"")


def test_more_calls_than_run_at_a_time_fail(rig: ServiceRig) -> None:
    released: list[bool] = []
    queue = rig.kernel.wait_queue()

    async def stuck(data: bytes) -> bytes:
        await queue.wait(lambda: released)
        return b""

    rig.services.register("stuck", (stuck,))
    for sequence in range(17):
        rig.tell((CALL, 0, sequence, 0, b"stuck", b""))
        rig.settle(100_000)
    assert rig.asked[1:] == [(RETURN, 3, 16, 0, b"stuck", b"")]
    released.append(True)
    queue.wake_up()
    rig.raise_interrupt()
    rig.settle()
    assert len(rig.asked) == 18


def test_calls_at_once_keep_their_answers(rig: ServiceRig) -> None:
    answers: dict[int, bytes] = {}

    async def caller(number: int) -> None:
        answers[number] = await rig.services.call("upper", 0, b"abc%d" % number)

    for number in range(12):
        rig.start(caller(number))
    rig.machine.run(lambda: len(answers) == 12)
    assert answers == {number: b"ABC%d" % number for number in range(12)}


@pytest.mark.parametrize("name", ["", "x" * 17, "\xff"])
def test_names(rig: ServiceRig, name: str) -> None:
    with pytest.raises(ValueError) as caught:
        rig.services.register(name, ())
    limit = "service name: expected 1 to 16 ASCII characters"
    assert str(caught.value) == f"{limit}, found {name!r}"
    assert type(error_of(rig, rig.services.call(name, 0, b""))) is NoService


def test_registering_twice_and_too_much_data() -> None:
    services = Services()
    services.register("upper", (upper,))
    assert services.names() == ["upper"]
    with pytest.raises(ValueError, match="service 'upper' is registered already"):
        services.register("upper", ())
    with pytest.raises(ValueError, match="call of upper: at most 472 bytes, found 473"):
        services.call("upper", 0, bytes(473)).send(None)


def test_second_link_is_refused(rig: ServiceRig) -> None:
    rig.announce(b"sunxi,service", 0x460)
    rig.settle()
    assert "failed with error -16" in rig.log()[-1]
    assert rig.call(rig.services.call("upper", 0, b"still")) == b"STILL"


@given(
    st.integers(0, 255),
    st.integers(0, 0xFFFF),
    st.integers(0, 0xFFFF),
    st.binary(max_size=16).filter(lambda name: b"\0" not in name),
    st.binary(max_size=DATA_MAX),
    st.integers(0, 255),
)
def test_what_is_packed_is_unpacked(
    kind: int, sequence: int, function: int, name: bytes, data: bytes, status: int
) -> None:
    sent = Message(kind, sequence, function, name, data, status)
    raw = sent.pack()
    assert len(raw) <= 496 and Message.unpack(raw) == sent
    assert Message.unpack(raw + b"\0") is None
    assert Message.unpack(raw[:-1]) is None
    assert raw == message((kind, status, sequence, function, name, data))


@settings(max_examples=40)
@given(raw=st.lists(st.binary(max_size=60), max_size=5))
def test_damaged_messages_change_nothing(rig: ServiceRig, raw: list[bytes]) -> None:
    asked = len(rig.asked)
    for data in raw:
        if len(data) < 24 or int.from_bytes(data[6:8], "little") != len(data) - 24:
            rig.deliver(rig.linux_address, data)
    rig.settle()
    assert len(rig.asked) == asked
    assert rig.call(rig.services.call("upper", 0, b"still")) == b"STILL"
    assert Kind(HELLO) is Kind.HELLO


def test_program(rig: ServiceRig) -> None:
    assert rig.sh("service_call upper 0 hello") == (0, "HELLO\n")
    assert rig.sh("service_call -x upper 0 6162") == (0, "4142\n")
    assert rig.sh("service_call upper 5") == (1, "service_call: upper.5: no such function\n")
    assert rig.sh("service_call nobody 0") == (1, "service_call: nobody.0: no such service\n")
    rig.silent = True
    assert rig.sh("service_call -t 20 upper 0") == (1, "service_call: upper.0: timed out\n")
    rig.go_away()
    assert rig.sh("service_call upper 0") == (1, "service_call: upper.0: the server is dead\n")
    usage = "\nUsage: service_call [-x] [-t MS] SERVICE FUNCTION [DATA]\n"
    assert rig.sh("service_call upper") == (1, usage)
    assert rig.sh("service_call upper x") == (1, f"service_call: invalid number 'x'\n{usage}")
    wrong = f"service_call: invalid hexadecimal 'zz'\n{usage}"
    assert rig.sh("service_call -x upper 0 zz") == (1, wrong)


def test_errors_are_linux_errors() -> None:
    assert isinstance(NoService("a", 1), LinuxError)
