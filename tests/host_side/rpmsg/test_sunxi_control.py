# SPDX-License-Identifier: Apache-2.0
"""/dev/rpmsg_ctrl-<remote>: requests, acks, time-outs, errors and sysfs (facts 5.6)."""

from __future__ import annotations

from struct import pack, unpack
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host_side.kernel.errors import LinuxError
from tests.host_side.rpmsg.sunxi_rig import (
    BUSY,
    CLASS,
    CLOSE,
    CREATE,
    CTRL,
    CTRL_ADDR,
    FAILED,
    NODE,
    NOENT,
    NOLISTEN,
    NOMEM,
    RESET_ALL,
    RESET_GRP,
    SunxiRig,
)

CREATE_EPT, DESTROY, GRP, ALL, CREATE_AF = 0x4028B501, 0xB502, 0xB503, 0xB504, 0x4028B505
PREFIX = f"rpmsg rpmsg_ctrl-{NODE}: "


@pytest.fixture
def rig() -> SunxiRig:
    rig = SunxiRig()
    rig.announce_ctrl()
    return rig


def info(name: bytes = b"test", number: int = 0xFFFFFFFF) -> bytearray:
    return bytearray(pack("<32sI", name, number))


def ioctl(rig: SunxiRig, file: Any, command: int, argument: Any) -> Any:
    return rig.call(file.ioctl(command, argument))


def error_of(rig: SunxiRig, file: Any, command: int, argument: Any) -> str:
    with pytest.raises(LinuxError) as caught:
        ioctl(rig, file, command, argument)
    return str(caught.value)


def test_linux_sends_first_on_a_new_channel(rig: SunxiRig) -> None:
    """Probing announces Linux's own address to the remote's name service."""
    assert rig.peers == {"sunxi,rpmsg_ctrl": 0x400}
    assert rig.sh(f"ls /dev/rpmsg_ctrl-{NODE}") == (0, f"{CTRL}\n")


def test_create_makes_a_device_with_the_id(rig: SunxiRig) -> None:
    file = rig.open(CTRL)
    argument = info()
    ioctl(rig, file, CREATE_EPT, argument)
    assert unpack("<32sI", argument)[1] == 1
    assert rig.requests == [("test", 1, 0, CREATE)]
    assert rig.user.fs.exists("/dev/rpmsg1")
    assert rig.sh("cat /sys/class/rpmsg/rpmsg1/name")[1] == "rpmsg1\n"
    assert rig.sh("cat /sys/class/rpmsg/rpmsg1/dst")[1] == f"{0x501}\n"


def test_ids_count_up_from_one_and_are_used_again(rig: SunxiRig) -> None:
    file = rig.open(CTRL)
    for number in (1, 2):
        argument = info()
        ioctl(rig, file, CREATE_EPT, argument)
        assert unpack("<32sI", argument)[1] == number
    ioctl(rig, file, DESTROY, info(number=1))
    rig.settle()
    argument = info()
    ioctl(rig, file, CREATE_EPT, argument)
    assert unpack("<32sI", argument)[1] == 1


def test_silence_is_a_timeout_after_half_a_second(rig: SunxiRig) -> None:
    file = rig.open(CTRL)
    rig.bound.add("deaf")
    rig.acks[CREATE] = None
    begin = rig.machine.cycle
    assert error_of(rig, file, CREATE_EPT, info(b"deaf")) == "ETIMEDOUT (-110)"
    assert 500_000_000 <= (rig.machine.cycle - begin) * 10 < 600_000_000
    assert rig.log()[-1] == f"{PREFIX}create deaf eptdev failed(timeout)"


@pytest.mark.parametrize(
    ("ack", "text"),
    [
        (FAILED, "Operation failed"),
        (NOLISTEN, "Remote don't listen this name"),
        (BUSY, "Remote is busy"),
        (NOMEM, "Remote not enought memory"),
        (NOENT, "Remote is full"),
    ],
)
def test_refusals_are_efault_with_a_reason(rig: SunxiRig, ack: int, text: str) -> None:
    file = rig.open(CTRL)
    rig.acks[CREATE] = ack
    assert error_of(rig, file, CREATE_EPT, info()) == "EFAULT (-14)"
    assert rig.log()[-1] == PREFIX + text


def test_unknown_ack_is_efault_without_a_reason(rig: SunxiRig) -> None:
    file = rig.open(CTRL)
    lines = len(rig.log())
    rig.acks[CREATE] = 7
    assert error_of(rig, file, CREATE_EPT, info()) == "EFAULT (-14)"
    assert len(rig.log()) == lines


def test_id_of_a_failed_creation_is_lost(rig: SunxiRig) -> None:
    file = rig.open(CTRL)
    error_of(rig, file, CREATE_EPT, info(b"nobody"))
    argument = info()
    ioctl(rig, file, CREATE_EPT, argument)
    assert unpack("<32sI", argument)[1] == 2


def test_destroy_closes_at_the_remote(rig: SunxiRig) -> None:
    file = rig.open(CTRL)
    ioctl(rig, file, CREATE_EPT, info())
    ioctl(rig, file, DESTROY, info(b"ignored", 1))
    rig.settle()
    assert rig.requests[-1] == ("test", 1, 0, CLOSE)
    assert not rig.user.fs.exists("/dev/rpmsg1")
    assert rig.gone == ["sunxi,rpmsg_client"]
    assert f"{PREFIX}close /dev/rpmsg1 endpoint" in rig.log()


def test_destroy_of_an_unknown_id(rig: SunxiRig) -> None:
    assert error_of(rig, rig.open(CTRL), DESTROY, info(number=9)) == "ENODEV (-19)"
    assert rig.log()[-1] == f"{PREFIX}/dev/rpmsg9 dev not exits "


def test_late_close_forgets_the_endpoint_all_the_same(rig: SunxiRig) -> None:
    file = rig.open(CTRL)
    ioctl(rig, file, CREATE_EPT, info())
    rig.acks[CLOSE] = None
    assert error_of(rig, file, DESTROY, info(number=1)) == "ETIMEDOUT (-110)"
    assert rig.log()[-1] == f"{PREFIX}close test eptdev failed(timeout)"
    assert error_of(rig, file, DESTROY, info(number=1)) == "ENODEV (-19)"


def test_reset_group(rig: SunxiRig) -> None:
    file = rig.open(CTRL)
    ioctl(rig, file, CREATE_EPT, info())
    ioctl(rig, file, GRP, info(b"test"))
    rig.settle()
    assert rig.requests[-1] == ("test", 0, 0, RESET_GRP)
    assert f"{PREFIX}clear test group" in rig.log()
    assert error_of(rig, file, DESTROY, info(number=1)) == "ENODEV (-19)"


def test_destroy_all_keeps_the_ids_known(rig: SunxiRig) -> None:
    """The original's list is not cleared, so closing one later asks the remote again."""
    file = rig.open(CTRL)
    ioctl(rig, file, CREATE_EPT, info())
    ioctl(rig, file, ALL, info(b"x"))
    rig.settle()
    assert rig.requests[-1] == ("", 0, 0, RESET_ALL)
    assert f"{PREFIX}reset rpmsg_ctrl-{NODE}" in rig.log()
    rig.acks[CLOSE] = None
    assert error_of(rig, file, DESTROY, info(number=1)) == "ETIMEDOUT (-110)"


@pytest.mark.parametrize(
    ("command", "code", "text"),
    [
        (GRP, RESET_GRP, "clear test group failed(timeout)"),
        (ALL, RESET_ALL, "reset rpmsg_ctrl group failed(timeout)"),
    ],
)
def test_late_resets(rig: SunxiRig, command: int, code: int, text: str) -> None:
    rig.acks[code] = None
    assert error_of(rig, rig.open(CTRL), command, info()) == "ETIMEDOUT (-110)"
    assert rig.log()[-1] == PREFIX + text


def test_endpoints_of_create_af_go_with_the_file(rig: SunxiRig) -> None:
    file = rig.open(CTRL)
    ioctl(rig, file, CREATE_AF, info())
    assert rig.log()[-1] == f"{PREFIX}bind ept: 1(test)"
    rig.call(file.close())
    rig.settle()
    assert f"{PREFIX}release ept: 1(test)" in rig.log()
    assert rig.requests[-1] == ("test", 1, 0, CLOSE)
    assert not rig.user.fs.exists("/dev/rpmsg1")


def test_endpoints_of_create_stay(rig: SunxiRig) -> None:
    file = rig.open(CTRL)
    ioctl(rig, file, CREATE_EPT, info())
    rig.call(file.close())
    rig.settle()
    assert rig.user.fs.exists("/dev/rpmsg1")


def test_a_file_with_create_af_destroys_only_its_own(rig: SunxiRig) -> None:
    file = rig.open(CTRL)
    ioctl(rig, file, CREATE_EPT, info())
    ioctl(rig, file, CREATE_AF, info())
    assert error_of(rig, file, DESTROY, info(b"test", 1)) == "ENODEV (-19)"
    assert rig.log()[-1] == f"{PREFIX}unbind failed, not found ept: 1(test)"
    ioctl(rig, file, DESTROY, info(number=2))
    assert f"{PREFIX}unbind ept: 2(test)" in rig.log()


@pytest.mark.parametrize("argument", [None, 0, b"", bytes(35)])
def test_bad_pointer_comes_before_the_command(rig: SunxiRig, argument: Any) -> None:
    assert error_of(rig, rig.open(CTRL), 0, argument) == "EFAULT (-14)"


def test_result_that_cannot_be_written(rig: SunxiRig) -> None:
    assert error_of(rig, rig.open(CTRL), CREATE_EPT, bytes(info())) == "EFAULT (-14)"
    assert rig.user.fs.exists("/dev/rpmsg1")


def test_unknown_command(rig: SunxiRig) -> None:
    assert error_of(rig, rig.open(CTRL), 0xB506, info()) == "EINVAL (-22)"
    assert rig.log()[-1] == f"{PREFIX}Undown konw cmd=0xb506"


def test_sysfs_files_can_only_be_written(rig: SunxiRig) -> None:
    listing = rig.sh(f"ls -l {CLASS}/")[1].splitlines()
    assert [line.split()[0] + line.split()[-1] for line in listing] == [
        f"--w-------{name}" for name in ("clear", "close", "open", "reset")
    ]


def test_sysfs_open_and_close(rig: SunxiRig) -> None:
    assert rig.sh(f"echo test > {CLASS}/open") == (0, "")
    assert rig.requests[-1] == ("test", 1, 0, CREATE)
    assert rig.sh(f"echo 1 > {CLASS}/close") == (0, "")
    assert rig.requests[-1] == ("test", 1, 0, CLOSE)


def test_sysfs_clear_and_reset(rig: SunxiRig) -> None:
    rig.sh(f"echo test > {CLASS}/open")
    assert rig.sh(f"echo test > {CLASS}/clear") == (0, "")
    assert rig.requests[-1] == ("test", 0, 0, RESET_GRP)
    assert rig.sh(f"echo 1 > {CLASS}/reset") == (0, "")
    assert rig.requests[-1] == ("", 0, 0, RESET_ALL)


@pytest.mark.parametrize("text", ["-1", "x", '" "', "'\t'"])
def test_sysfs_close_wants_a_number(rig: SunxiRig, text: str) -> None:
    assert rig.sh(f"echo {text} > {CLASS}/close") == (1, "sh: write error: Invalid argument\n")


def test_sysfs_close_reads_a_number_as_scanf_does(rig: SunxiRig) -> None:
    rig.sh(f"echo test > {CLASS}/open")
    assert rig.sh(f"echo ' +1x' > {CLASS}/close") == (0, "")


def test_sysfs_error_of_a_refused_name(rig: SunxiRig) -> None:
    assert rig.sh(f"echo no > {CLASS}/open") == (1, "sh: write error: Bad address\n")


def test_ack_of_another_length_is_only_logged(rig: SunxiRig) -> None:
    rig.deliver(0x400, bytes(7), src=CTRL_ADDR)
    prefix = "sunxi,rpmsg_master virtio0.sunxi,rpmsg_ctrl.-1.1024: "
    assert rig.log()[-1] == f"{prefix}Invalid len:expect:8,Rx:7"


def test_ack_that_nobody_waits_for(rig: SunxiRig) -> None:
    rig.ack(77, FAILED)
    rig.settle()
    assert rig.log()[-1] == f"{PREFIX}/dev/rpmsg77 dev not exits "


def test_remote_goes_away(rig: SunxiRig) -> None:
    file = rig.open(CTRL)
    rig.announce(b"sunxi,rpmsg_ctrl", CTRL_ADDR, 1)
    rig.settle()
    assert not rig.user.fs.exists(CTRL)
    assert rig.gone == ["sunxi,rpmsg_ctrl"]
    assert error_of(rig, file, CREATE_EPT, info()) == "EFAULT (-14)"
    assert rig.log()[-1] == f"{PREFIX}send data failed"
    assert error_of(rig, file, ALL, info()) == "EINVAL (-22)"
    rig.call(file.close())


def test_channel_without_a_remote_processor_is_refused() -> None:
    rig = SunxiRig()
    del rig.transport.rproc
    rig.announce(b"sunxi,rpmsg_ctrl", CTRL_ADDR)
    rig.settle()
    assert "failed with error -2" in rig.log()[-1]


@settings(max_examples=30)
@given(data=st.lists(st.binary(max_size=60), max_size=4))
def test_damaged_messages_leave_the_device_usable(rig: SunxiRig, data: list[bytes]) -> None:
    """Whatever comes on the control channel, the next request works."""
    for message in data:
        rig.deliver(0x400, message, src=CTRL_ADDR)
        rig.settle(100_000)
    file = rig.open(CTRL)
    argument = info()
    ioctl(rig, file, CREATE_EPT, argument)
    ioctl(rig, file, DESTROY, argument)
    rig.call(file.close())
    rig.settle()
