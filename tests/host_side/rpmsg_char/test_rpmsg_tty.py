# SPDX-License-Identifier: Apache-2.0
"""/dev/ttyRPMSGN: how writes are split, what reads give, hangup."""

from __future__ import annotations

import errno
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host_side.fs.flags import O_NONBLOCK, O_RDWR, Poll
from host_side.kernel.errors import LinuxError
from host_side.rpmsg.tty_port import FLIP_LIMIT, RPMSG_MTU, split
from tests.host_side.shell.user_rig import UserRig

LOCAL, REMOTE = 0x400, 0x1F


def tty_rig(num: int = 4) -> UserRig:
    rig = UserRig(num=num)
    rig.announce(b"rpmsg-tty", REMOTE)
    return rig


def error_of(rig: UserRig, coro: Any) -> int:
    with pytest.raises(LinuxError) as caught:
        rig.call(coro)
    return caught.value.errno


@given(st.binary(max_size=3000))
def test_split_keeps_every_byte_in_order_and_fills_all_but_the_last(data: bytes) -> None:
    messages = list(split(data))
    assert b"".join(messages) == data
    assert all(len(message) == RPMSG_MTU for message in messages[:-1])
    assert all(messages)


def test_long_write_is_cut_at_2048_and_then_at_496() -> None:
    rig = tty_rig(num=16)
    data = bytes(range(256)) * 9
    assert rig.call(rig.open("/dev/ttyRPMSG0").write(data)) == len(data)
    sent = rig.sent()
    assert [len(message) for _, _, message in sent] == [496, 496, 496, 496, 64, 256]
    assert b"".join(message for _, _, message in sent) == data
    assert {(src, dst) for src, dst, _ in sent} == {(LOCAL, REMOTE)}


def test_full_ring_ends_a_write_early_and_is_enomem_when_nothing_went() -> None:
    rig = tty_rig()
    file = rig.open("/dev/ttyRPMSG0")
    assert rig.call(file.write(bytes(5 * 496))) == 3 * 496 + 496
    assert error_of(rig, file.write(b"x")) == errno.ENOMEM


def test_binding_sends_nothing_and_reads_are_a_stream() -> None:
    rig = tty_rig()
    assert rig.sent() == []
    file = rig.open("/dev/ttyRPMSG0", O_RDWR | O_NONBLOCK)
    assert error_of(rig, file.read(10)) == errno.EAGAIN
    rig.deliver(LOCAL, b"")
    rig.deliver(LOCAL, b"abc")
    rig.deliver(LOCAL, b"def")
    assert file.poll() == Poll.OUT | Poll.WRNORM | Poll.IN | Poll.RDNORM
    assert rig.call(file.read(4)) == b"abcd"
    assert rig.call(file.read(4)) == b"ef"


def test_bytes_before_open_come_with_the_next_message() -> None:
    rig = tty_rig()
    rig.deliver(LOCAL, b"early ")
    file = rig.open("/dev/ttyRPMSG0", O_RDWR | O_NONBLOCK)
    assert error_of(rig, file.read(100)) == errno.EAGAIN
    rig.deliver(LOCAL, b"late")
    assert rig.call(file.read(100)) == b"early late"


def test_overflow_is_logged_and_cut() -> None:
    rig = tty_rig()
    port = rig.user.fs.lookup("/dev/ttyRPMSG0").operations(O_RDWR)
    whole, rest = divmod(FLIP_LIMIT, RPMSG_MTU)
    for _ in range(whole):
        rig.call(port.receive(bytes(RPMSG_MTU)))
    rig.call(port.receive(bytes(RPMSG_MTU)))
    assert rig.log()[-1] == (
        f"rpmsg_tty virtio0.rpmsg-tty.-1.31: Trunc buffer: available space is {rest}"
    )


def test_hangup_ends_reads_and_refuses_writes() -> None:
    rig = tty_rig()
    file = rig.open("/dev/ttyRPMSG0")
    task = rig.start(file.read(10))
    rig.settle()
    rig.announce(b"rpmsg-tty", REMOTE, flags=1)
    rig.machine.run(lambda: task.exited)
    assert task.result == b""
    assert error_of(rig, file.write(b"x")) == errno.EIO
    assert file.poll() & (Poll.HUP | Poll.ERR) == Poll.HUP | Poll.ERR
    assert not rig.user.fs.exists("/dev/ttyRPMSG0")


def test_numbers_go_to_31_and_the_33rd_channel_stays_unbound() -> None:
    rig = UserRig()
    for address in range(100, 133):
        rig.announce(b"rpmsg-tty", address)
    assert rig.user.fs.exists("/dev/ttyRPMSG31") and not rig.user.fs.exists("/dev/ttyRPMSG32")
    assert "rpmsg_tty virtio0.rpmsg-tty.-1.132: error -ENOSPC: Failed to alloc tty port" in (
        rig.log()
    )
    rig.announce(b"rpmsg-tty", 103, flags=1)
    rig.announce(b"rpmsg-tty", 200)
    assert rig.sh("ls /dev/ttyRPMSG3") == (0, "/dev/ttyRPMSG3\n")
