# SPDX-License-Identifier: Apache-2.0
"""rpmsg_echo and ipi_latency: log lines, figures, and what makes them fail."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host_side.programs.rpmsg_echo import EchoError, check, message_for
from tests.host_side.shell.user_rig import REMOTE, UserRig


@pytest.fixture
def rig() -> UserRig:
    rig = UserRig(num=2)
    rig.announce(b"rpmsg_chrdev", REMOTE)
    rig.start_echo()
    return rig


def test_verbose_lines_are_those_of_the_original(rig: UserRig) -> None:
    status, output = rig.sh("rpmsg_echo -n 3 -v")
    assert status == 0
    lines = output.splitlines()
    assert len(lines) == 7
    times = []
    for number in range(3):
        assert lines[2 * number] == f"Sending message #{number}: hello there {number}!"
        found = re.fullmatch(
            rf"Receiving message #{number}: test this time (\d+) ns, "
            r"avg time (\d+) ns,maxtime (\d+) ns",
            lines[2 * number + 1],
        )
        assert found is not None
        times.append(int(found[1]))
        assert (int(found[2]), int(found[3])) == (sum(times) // len(times), max(times))
    assert lines[6] == (
        f"3 messages echoed: min time {min(times)} ns, "
        f"avg time {sum(times) // 3} ns,maxtime {max(times)} ns"
    )
    assert all(time % 250 == 0 for time in times)


def test_exact_cycles_are_recorded_beside_the_programs_own_times(rig: UserRig) -> None:
    _, output = rig.sh("rpmsg_echo -n 20 -v")
    shown = [int(ns) for ns in re.findall(r"this time (\d+) ns", output)]
    events = rig.machine.harts[1].events
    cycles = [b for name, _, b in events if name == "echo_done"]
    assert [a for name, a, _ in events if name == "echo_send"] == list(range(20))
    assert len(shown) == len(cycles) == 20
    assert all(abs(ns - 10 * exact) < 250 for ns, exact in zip(shown, cycles, strict=True))


def test_many_messages_through_two_buffers(rig: UserRig) -> None:
    status, output = rig.sh("rpmsg_echo -n 300 -s 100")
    assert (status, output.startswith("300 messages echoed: ")) == (0, True)
    assert rig.tx.seen == 300


def test_costs_charged_within_one_round_trip() -> None:
    rig = UserRig(num=2)
    spend, record = rig.kernel.spend, rig.kernel.event
    trace: list[str] = []

    def recorded_spend(name: str) -> Any:
        trace.append(name)
        return spend(name)

    def recorded_event(name: str, a: int = 0, b: int = 0) -> None:
        trace.append(name)
        record(name, a, b)

    rig.kernel.spend, rig.kernel.event = recorded_spend, recorded_event
    rig.announce(b"rpmsg-raw", REMOTE)
    rig.start_echo()
    rig.sh("rpmsg_echo -n 1")
    begin, end = trace.index("echo_send"), trace.index("echo_done")
    assert trace[begin - 1] == "app_loop"
    # write: entry, user to kernel, send. read: entry. Receive: bus, to the queue, kernel to user.
    assert Counter(name for name in trace[begin:end] if name in rig.kernel.costs) == {
        "syscall": 2,
        "copy": 3,
        "rpmsg_call": 2,
    }


def test_wrong_echo_is_an_error() -> None:
    rig = UserRig()
    rig.announce(b"rpmsg-raw", REMOTE)
    rig.start_echo(lambda data: data.replace(b"1", b"7"))
    assert rig.sh("rpmsg_echo -n 5 | head -1")[0] == 0
    status, output = rig.sh("rpmsg_echo -n 5")
    assert status == 1
    assert output.startswith(
        "rpmsg_echo: message #1: byte 12 differs: sent 0x31, received 0x37\n1 messages echoed: "
    )


def test_no_device_and_bad_options() -> None:
    rig = UserRig()
    assert rig.sh("rpmsg_echo") == (
        1,
        "rpmsg_echo: can't open '/dev/rpmsg0': No such file or directory\n",
    )
    usage = "\nUsage: rpmsg_echo [-n N] [-v] [-d DEVICE] [-s SIZE] [-t SECONDS]\n"
    for arguments, text in (
        ("-x", "invalid option -- 'x'"),
        ("-n", "option requires an argument -- 'n'"),
        ("-n -1", "invalid number '-1'"),
        ("-s 497", "size 497 is above the 496 bytes a message takes"),
    ):
        assert rig.sh(f"rpmsg_echo {arguments}") == (1, f"rpmsg_echo: {text}\n{usage}")


def test_silent_remote_is_an_error_with_a_time_limit() -> None:
    rig = UserRig()
    rig.announce(b"rpmsg-raw", REMOTE)
    assert rig.sh("rpmsg_echo -t 2", 3 * 10**9) == (
        1,
        "rpmsg_echo: message #0: no echo within 2 s\n"
        "0 messages echoed: min time 0 ns, avg time 0 ns,maxtime 0 ns\n",
    )


def test_remote_that_takes_no_message_shows_the_kernels_errno() -> None:
    rig = UserRig(num=2)
    rig.announce(b"rpmsg-raw", REMOTE)
    rig.sh("echo 1 > /dev/rpmsg0; echo 2 > /dev/rpmsg0")
    status, output = rig.sh("rpmsg_echo", 10**11)
    assert status == 1
    assert output.startswith("rpmsg_echo: message #0: Unknown error 512\n")


def test_ipi_latency_reports_round_trips(rig: UserRig) -> None:
    status, output = rig.sh("ipi_latency -n 10")
    found = re.fullmatch(
        r"IPI round trip: 10 pings, min (\d+) ns, mean (\d+) ns, max (\d+) ns\n", output
    )
    assert status == 0 and found is not None
    least, mean, greatest = map(int, found.groups())
    assert 0 < least <= mean <= greatest
    assert rig.sh("ipi_latency -d /dev/none") == (
        1,
        "ipi_latency: /dev/none: No such file or directory\n",
    )


@given(st.integers(0, 10**6), st.integers(0, 496))
def test_message_carries_its_number_and_has_its_size(number: int, size: int) -> None:
    message = message_for(number, size)
    text = f"hello there {number}!".encode()
    assert message.startswith(text) and len(message) == max(size, len(text))


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_check_accepts_exactly_equal_messages(sent: bytes, echo: bytes) -> None:
    check(sent, sent)
    if sent != echo:
        with pytest.raises(EchoError):
            check(sent, echo)
