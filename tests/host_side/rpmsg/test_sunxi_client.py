# SPDX-License-Identifier: Apache-2.0
"""/dev/rpmsgN of a ``sunxi,rpmsg_client`` channel, and the test channel (facts 5.6)."""

from __future__ import annotations

from struct import pack, unpack
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host_side.fs.flags import O_NONBLOCK, O_RDWR, Poll
from host_side.kernel.errors import LinuxError
from tests.host_side.rpmsg.sunxi_rig import CREATE, CTRL, NOMEM, OK, SunxiRig

PERF = 0x4004B601


@pytest.fixture
def rig() -> SunxiRig:
    rig = SunxiRig(num=64, pool=0x2_0000)
    rig.announce_ctrl()
    return rig


@pytest.fixture
def device(rig: SunxiRig) -> Any:
    """The open /dev/rpmsg1."""
    create(rig)
    return rig.open("/dev/rpmsg1")


def create(rig: SunxiRig) -> None:
    file = rig.open(CTRL)
    rig.call(file.ioctl(0x4028B501, bytearray(pack("<32sI", b"test", 0))))
    rig.call(file.close())


def error_of(rig: SunxiRig, coro: Any) -> str:
    with pytest.raises(LinuxError) as caught:
        rig.call(coro)
    return str(caught.value)


def test_messages_both_ways(rig: SunxiRig, device: Any) -> None:
    assert rig.call(device.write(b"to the remote")) == 13
    rig.settle()
    assert rig.received[-1] == (0x501, b"to the remote")
    rig.to_client(1, b"to Linux")
    assert rig.call(device.read(100)) == b"to Linux"


def test_naming_message_is_acked_on_the_same_channel(rig: SunxiRig) -> None:
    create(rig)
    assert rig.received == [(0x501, pack("<II", 1, OK))]


def test_several_may_open_it(rig: SunxiRig, device: Any) -> None:
    other = rig.open("/dev/rpmsg1")
    rig.to_client(1, b"one")
    assert rig.call(other.read(9)) == b"one"
    rig.call(other.close())
    assert rig.call(device.write(b"still here")) == 10


def test_messages_survive_a_close(rig: SunxiRig, device: Any) -> None:
    rig.to_client(1, b"kept")
    rig.call(device.close())
    assert rig.call(rig.open("/dev/rpmsg1").read(9)) == b"kept"


def test_queue_drops_when_more_than_32_wait(rig: SunxiRig, device: Any) -> None:
    for number in range(40):
        rig.to_client(1, pack("<I", number))
    device.flags |= O_NONBLOCK
    taken = []
    with pytest.raises(LinuxError) as caught:
        while True:
            taken.append(unpack("<I", rig.call(device.read(9)))[0])
    assert str(caught.value) == "EAGAIN (-11)"
    assert taken == list(range(33))
    full = [line for line in rig.log() if line == "rpmsg rpmsg1: rx queue is full."]
    assert len(full) == 7


def test_poll(rig: SunxiRig, device: Any) -> None:
    assert device.poll() == Poll(0)
    rig.to_client(1, b"x")
    assert device.poll() == Poll.IN | Poll.RDNORM
    rig.announce(b"sunxi,rpmsg_client", 0x501, 1)
    assert device.poll() == Poll.ERR


def test_reader_wakes_when_the_remote_closes(rig: SunxiRig, device: Any) -> None:
    outcome: list[LinuxError] = []

    async def reader() -> None:
        try:
            await device.read(9)
        except LinuxError as error:
            outcome.append(error)

    rig.start(reader())
    rig.settle()
    rig.announce(b"sunxi,rpmsg_client", 0x501, 1)
    rig.machine.run(lambda: outcome)
    assert str(outcome[0]) == "EPIPE (-32)"
    assert error_of(rig, device.write(b"x")) == "EPIPE (-32)"
    assert not rig.user.fs.exists("/dev/rpmsg1")


def test_number_is_in_use_until_the_last_close(rig: SunxiRig, device: Any) -> None:
    rig.announce(b"sunxi,rpmsg_client", 0x501, 1)
    create(rig)
    assert rig.user.fs.exists("/dev/rpmsg2")
    rig.call(device.close())
    create(rig)
    assert rig.user.fs.exists("/dev/rpmsg1")


def test_no_buffer_and_no_waiting(rig: SunxiRig) -> None:
    create(rig)
    file = rig.open("/dev/rpmsg1", O_RDWR | O_NONBLOCK)
    rig.machine.harts[4].software = None
    with pytest.raises(LinuxError) as caught:
        for _ in range(100):
            rig.call(file.write(b"x"))
    assert str(caught.value) == "ENOMEM (-12)"


@pytest.mark.parametrize(
    ("command", "argument", "error"),
    [
        (PERF, 0, "EINVAL (-22)"),
        (PERF, None, "EFAULT (-14)"),
        (PERF, bytearray(4), "EFAULT (-14)"),
        (0xB502, bytearray(36), "EINVAL (-22)"),
    ],
)
def test_ioctls(rig: SunxiRig, device: Any, command: int, argument: Any, error: str) -> None:
    assert error_of(rig, device.ioctl(command, argument)) == error
    if command != PERF:
        assert rig.log()[-1] == "rpmsg rpmsg1: Undown konw cmd=0xb502"


def test_name_that_is_taken_is_nomem_for_the_remote(rig: SunxiRig) -> None:
    rig.announce(b"sunxi,rpmsg_client", 0x600)
    rig.machine.run(lambda: "sunxi,rpmsg_client" in rig.peers)
    create(rig)
    address = rig.kernel.rpmsg.devices[-2].src
    rig.deliver(address, pack("<32sIII", b"test", 1, 0, CREATE), src=0x600)
    rig.settle()
    assert rig.log()[-1] == "rpmsg rpmsg1: cdev_device_add failed: -17"
    assert rig.received[-1] == (0x600, pack("<II", 1, NOMEM))


@settings(max_examples=30)
@given(data=st.lists(st.binary(max_size=80) | st.binary(min_size=44, max_size=44), max_size=4))
def test_what_does_not_name_the_device_is_ignored(rig: SunxiRig, data: list[bytes]) -> None:
    rig.announce(b"sunxi,rpmsg_client", 0x700)
    rig.settle()
    before = rig.user.fs.listdir("/dev")
    address = rig.kernel.rpmsg.devices[-1].src
    for message in data:
        if message[40:44] != pack("<I", CREATE):
            rig.deliver(address, message, src=0x700)
    rig.settle()
    assert rig.user.fs.listdir("/dev") == before
    rig.announce(b"sunxi,rpmsg_client", 0x700, 1)
    rig.settle()


def test_test_channel_logs_what_comes(rig: SunxiRig) -> None:
    rig.announce(b"sunxi,rpmsg_test", 0x420)
    rig.machine.run(lambda: "sunxi,rpmsg_test" in rig.peers)
    rig.deliver(rig.peers["sunxi,rpmsg_test"], b"Hello,Linux\0junk", src=0x420)
    rig.settle()
    assert rig.log()[-1].endswith(": sunxi,rpmsg_test recv Hello,Linux")
