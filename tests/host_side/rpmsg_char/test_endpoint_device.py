# SPDX-License-Identifier: Apache-2.0
"""/dev/rpmsgM: the rules of open, read, write, poll, ioctl and close."""

from __future__ import annotations

import errno
from typing import Any

import pytest

from host_side.fs.flags import O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY, Poll
from host_side.fs.poll import poll
from host_side.kernel.errors import ERESTARTSYS, LinuxError
from host_side.rpmsg.uapi import (
    RPMSG_CREATE_EPT_IOCTL,
    RPMSG_DESTROY_EPT_IOCTL,
    RPMSG_GET_OUTGOING_FLOWCONTROL,
    RPMSG_SET_INCOMING_FLOWCONTROL,
    EndpointInfo,
)
from tests.host_side.shell.user_rig import REMOTE, UserRig

LOCAL = 0x400


@pytest.fixture
def rig() -> UserRig:
    rig = UserRig()
    rig.announce(b"rpmsg-raw", REMOTE)
    return rig


def fails(number: int, rig: UserRig, coro: Any) -> None:
    with pytest.raises(LinuxError) as caught:
        rig.call(coro, 10**11)
    assert caught.value.errno == number


def test_binding_a_raw_channel_makes_the_device_and_sends_nothing(rig: UserRig) -> None:
    assert rig.user.fs.exists("/dev/rpmsg0")
    assert rig.sent() == []


def test_the_other_service_name_binds_as_well(rig: UserRig) -> None:
    rig.announce(b"rpmsg_chrdev", 0x4004)
    assert rig.sh("cat /sys/class/rpmsg/rpmsg1/name /sys/class/rpmsg/rpmsg1/dst") == (
        0,
        "rpmsg_chrdev\n16388\n",
    )


def test_one_write_is_one_message_to_the_channel(rig: UserRig) -> None:
    file = rig.open("/dev/rpmsg0")
    assert rig.call(file.write(b"hello")) == 5
    assert rig.call(file.write(b"")) == 0
    assert rig.sent() == [(LOCAL, REMOTE, b"hello"), (LOCAL, REMOTE, b"")]


def test_one_read_is_one_message_and_the_excess_is_lost(rig: UserRig) -> None:
    file = rig.open("/dev/rpmsg0")
    rig.deliver(LOCAL, b"abcdef")
    rig.deliver(LOCAL, b"second")
    assert rig.call(file.read(4)) == b"abcd"
    assert rig.call(file.read(100)) == b"second"


def test_messages_before_open_wait_and_are_discarded_by_the_first_close(rig: UserRig) -> None:
    rig.deliver(LOCAL, b"early")
    file = rig.open("/dev/rpmsg0", O_RDWR | O_NONBLOCK)
    assert rig.call(file.read(496)) == b"early"
    rig.deliver(LOCAL, b"late")
    rig.call(file.close())
    file = rig.open("/dev/rpmsg0", O_RDWR | O_NONBLOCK)
    fails(errno.EAGAIN, rig, file.read(496))


def test_second_open_is_busy_until_the_first_is_closed(rig: UserRig) -> None:
    file = rig.open("/dev/rpmsg0")
    fails(errno.EBUSY, rig, rig.user.fs.open("/dev/rpmsg0"))
    rig.call(file.close())
    rig.open("/dev/rpmsg0")


def test_access_mode_is_kept(rig: UserRig) -> None:
    file = rig.open("/dev/rpmsg0", O_RDONLY)
    fails(errno.EBADF, rig, file.write(b"x"))
    rig.call(file.close())
    fails(errno.EBADF, rig, file.read(1))
    fails(errno.EBADF, rig, rig.open("/dev/rpmsg0", O_WRONLY).read(1))


def test_blocking_read_sleeps_until_a_message_comes(rig: UserRig) -> None:
    file = rig.open("/dev/rpmsg0")
    task = rig.start(file.read(496))
    rig.settle()
    assert not task.exited
    rig.deliver(LOCAL, b"wake up")
    rig.machine.run(lambda: task.exited)
    assert task.result == b"wake up"


def test_signal_ends_a_blocking_read(rig: UserRig) -> None:
    file = rig.open("/dev/rpmsg0")
    caught: list[int] = []

    async def reader() -> None:
        try:
            await file.read(496)
        except LinuxError as error:
            caught.append(error.errno)

    task = rig.start(reader())
    rig.settle()
    rig.kernel.send_signal(task)
    rig.raise_interrupt()
    rig.machine.run(lambda: task.exited)
    assert caught == [ERESTARTSYS]


def test_reader_of_a_channel_that_goes_away_gets_broken_pipe(rig: UserRig) -> None:
    file = rig.open("/dev/rpmsg0")
    caught: list[int] = []

    async def reader() -> None:
        try:
            await file.read(496)
        except LinuxError as error:
            caught.append(error.errno)

    task = rig.start(reader())
    rig.settle()
    rig.announce(b"rpmsg-raw", REMOTE, flags=1)
    rig.machine.run(lambda: task.exited)
    assert caught == [errno.EPIPE]
    fails(errno.EPIPE, rig, file.read(496))
    fails(errno.EPIPE, rig, file.write(b"x"))
    assert file.poll() == Poll.ERR
    assert not rig.user.fs.exists("/dev/rpmsg0")
    assert not rig.user.fs.exists("/sys/class/rpmsg/rpmsg0")


def test_number_is_free_again_after_the_last_close_only(rig: UserRig) -> None:
    file = rig.open("/dev/rpmsg0")
    rig.announce(b"rpmsg-raw", REMOTE, flags=1)
    rig.announce(b"rpmsg-raw", REMOTE)
    assert rig.user.fs.exists("/dev/rpmsg1") and not rig.user.fs.exists("/dev/rpmsg0")
    rig.call(file.close())
    rig.announce(b"rpmsg-raw", 0x20)
    assert rig.user.fs.exists("/dev/rpmsg0")


def test_largest_message_is_496_bytes(rig: UserRig) -> None:
    file = rig.open("/dev/rpmsg0")
    assert rig.call(file.write(bytes(496))) == 496
    fails(errno.EMSGSIZE, rig, file.write(bytes(497)))
    assert rig.log()[-1] == ("rpmsg_chrdev virtio0.rpmsg-raw.-1.30: message is too big (497)")


def test_full_ring_is_eagain_without_blocking_and_512_after_15_seconds(rig: UserRig) -> None:
    file = rig.open("/dev/rpmsg0", O_RDWR | O_NONBLOCK)
    for _ in range(4):
        rig.call(file.write(b"fill"))
    fails(errno.EAGAIN, rig, file.write(b"one more"))
    rig.call(file.close())
    blocking = rig.open("/dev/rpmsg0")
    before = rig.kernel.clock.now_ns()
    fails(ERESTARTSYS, rig, blocking.write(b"one more"))
    assert 15_000_000_000 <= rig.kernel.clock.now_ns() - before < 15_500_000_000
    assert rig.log()[-1] == (
        "rpmsg_chrdev virtio0.rpmsg-raw.-1.30: timeout waiting for a tx buffer"
    )


def test_poll_never_reports_writable(rig: UserRig) -> None:
    everything = Poll.IN | Poll.OUT | Poll.PRI
    file = rig.open("/dev/rpmsg0")
    assert rig.call(poll(file, everything, 0)) == Poll(0)
    assert rig.call(poll(file, everything, 50_000_000)) == Poll(0)
    rig.deliver(LOCAL, b"x")
    assert rig.call(poll(file, everything)) == Poll.IN
    assert file.poll() == Poll.IN | Poll.RDNORM


def test_flow_control_ioctls(rig: UserRig) -> None:
    file = rig.open("/dev/rpmsg0")
    answer = bytearray(b"\xff" * 4)
    assert rig.call(file.ioctl(RPMSG_GET_OUTGOING_FLOWCONTROL, answer)) == 0
    assert answer == bytes(4)
    fails(errno.EFAULT, rig, file.ioctl(RPMSG_GET_OUTGOING_FLOWCONTROL, None))
    fails(errno.EINVAL, rig, file.ioctl(RPMSG_SET_INCOMING_FLOWCONTROL, 2))
    fails(errno.EOPNOTSUPP, rig, file.ioctl(RPMSG_SET_INCOMING_FLOWCONTROL, 1))


def test_channels_own_endpoint_cannot_be_destroyed_and_other_ioctls_are_invalid(
    rig: UserRig,
) -> None:
    file = rig.open("/dev/rpmsg0")
    fails(errno.EINVAL, rig, file.ioctl(RPMSG_DESTROY_EPT_IOCTL))
    fails(errno.EINVAL, rig, file.ioctl(0x5401))
    assert rig.user.fs.exists("/dev/rpmsg0")


class TestMadeByControlDevice:
    """Endpoints that RPMSG_CREATE_EPT_IOCTL made."""

    INFO = EndpointInfo("mine", 0x90, 0x401)

    @pytest.fixture
    def rig(self, rig: UserRig) -> UserRig:
        control = rig.open("/dev/rpmsg_ctrl0")
        assert rig.call(control.ioctl(RPMSG_CREATE_EPT_IOCTL, self.INFO.pack())) == 0
        rig.call(control.close())
        return rig

    def test_no_endpoint_before_open_and_nothing_is_sent(self, rig: UserRig) -> None:
        rig.deliver(0x90, b"nobody there")
        assert rig.log()[-1] == "virtio_rpmsg_bus virtio0: msg received with no recipient"
        assert rig.sent() == []

    def test_open_makes_the_endpoint_and_close_frees_it(self, rig: UserRig) -> None:
        file = rig.open("/dev/rpmsg1", O_RDWR | O_NONBLOCK)
        rig.deliver(0x90, b"now")
        assert rig.call(file.read(496)) == b"now"
        rig.call(file.write(b"out"))
        assert rig.sent() == [(0x90, 0x401, b"out")]
        rig.call(file.close())
        rig.deliver(0x90, b"gone")
        assert rig.log()[-1] == "virtio_rpmsg_bus virtio0: msg received with no recipient"

    def test_address_in_use_is_einval_with_both_log_lines(self, rig: UserRig) -> None:
        control = rig.open("/dev/rpmsg_ctrl0")
        rig.call(control.ioctl(RPMSG_CREATE_EPT_IOCTL, self.INFO.pack()))
        rig.open("/dev/rpmsg1")
        fails(errno.EINVAL, rig, rig.user.fs.open("/dev/rpmsg2"))
        assert rig.log()[-2:] == [
            "rpmsg_ctrl virtio0.rpmsg_ctrl.0.0: idr_alloc failed: -28",
            "rpmsg rpmsg2: failed to open mine",
        ]

    def test_destroy_removes_the_device_under_an_open_file(self, rig: UserRig) -> None:
        file = rig.open("/dev/rpmsg1")
        assert rig.call(file.ioctl(RPMSG_DESTROY_EPT_IOCTL)) == 0
        assert not rig.user.fs.exists("/dev/rpmsg1")
        fails(errno.EPIPE, rig, file.write(b"x"))
        rig.call(file.close())
