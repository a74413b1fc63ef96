# SPDX-License-Identifier: Apache-2.0
"""/dev/rpmsg_ctrlN: ioctls that make and release endpoints and channels."""

from __future__ import annotations

import errno
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host_side.kernel.errors import LinuxError
from host_side.rpmsg.uapi import (
    RPMSG_ADDR_ANY,
    RPMSG_CREATE_DEV_IOCTL,
    RPMSG_CREATE_EPT_IOCTL,
    RPMSG_RELEASE_DEV_IOCTL,
    EndpointInfo,
)
from tests.host_side.shell.user_rig import UserRig


@pytest.fixture
def rig() -> UserRig:
    return UserRig()


def ioctl(rig: UserRig, command: int, argument: Any) -> int:
    control = rig.open("/dev/rpmsg_ctrl0")
    try:
        return int(rig.call(control.ioctl(command, argument)))
    except LinuxError as error:
        return -error.errno
    finally:
        rig.call(control.close())


def test_endpoint_info_is_40_bytes_in_the_uapi_order() -> None:
    packed = EndpointInfo("rpmsg-raw", 0x91, 0x401).pack()
    assert packed == b"rpmsg-raw" + bytes(23) + b"\x91\0\0\0" + b"\x01\x04\0\0"


@given(st.binary(min_size=40, max_size=60))
def test_any_40_bytes_give_a_name_of_at_most_31_characters(memory: bytes) -> None:
    info = EndpointInfo.unpack(memory)
    assert len(info.name) <= 31 and "\0" not in info.name
    assert info.pack()[32:] == memory[32:40]


@pytest.mark.parametrize("memory", [None, 7, b"short", bytearray(39)])
def test_bad_pointer_is_efault_before_the_command_is_looked_at(rig: UserRig, memory: Any) -> None:
    assert ioctl(rig, 0x1234, memory) == -errno.EFAULT


def test_unknown_command_is_einval(rig: UserRig) -> None:
    assert ioctl(rig, 0x1234, bytes(40)) == -errno.EINVAL


def test_endpoint_attributes_keep_the_addresses_asked_for(rig: UserRig) -> None:
    info = EndpointInfo("any", RPMSG_ADDR_ANY, RPMSG_ADDR_ANY)
    assert ioctl(rig, RPMSG_CREATE_EPT_IOCTL, info.pack()) == 0
    rig.open("/dev/rpmsg0")
    text = rig.sh("cd /sys/class/rpmsg/rpmsg0; cat name src dst")
    assert text == (0, "any\n-1\n-1\n")


def test_channel_with_an_address_is_announced_and_its_release_too(rig: UserRig) -> None:
    info = EndpointInfo("rpmsg-raw", 0x91, 0x401).pack()
    assert ioctl(rig, RPMSG_CREATE_DEV_IOCTL, info) == 0
    assert rig.user.fs.exists("/dev/rpmsg0")
    payload = b"rpmsg-raw" + bytes(23) + b"\x91\0\0\0"
    assert rig.give_back() == [(0x91, 53, payload + bytes(4))]
    assert ioctl(rig, RPMSG_RELEASE_DEV_IOCTL, info) == 0
    assert rig.give_back() == [(0x91, 53, payload + b"\x01\0\0\0")]
    assert not rig.user.fs.exists("/dev/rpmsg0")


def test_channel_that_exists_is_enxio(rig: UserRig) -> None:
    info = EndpointInfo("rpmsg-raw", RPMSG_ADDR_ANY, 0x401).pack()
    assert ioctl(rig, RPMSG_CREATE_DEV_IOCTL, info) == 0
    assert ioctl(rig, RPMSG_CREATE_DEV_IOCTL, info) == -errno.ENXIO
    assert rig.log()[-1] == "rpmsg rpmsg_ctrl0: failed to create rpmsg-raw channel"
    assert rig.sent() == []


def test_release_of_an_unknown_channel_is_einval(rig: UserRig) -> None:
    info = EndpointInfo("nothing", RPMSG_ADDR_ANY, 1).pack()
    assert ioctl(rig, RPMSG_RELEASE_DEV_IOCTL, info) == -errno.EINVAL
    assert rig.log()[-1] == "rpmsg rpmsg_ctrl0: failed to release nothing channel (-22)"


def test_endpoints_go_away_with_the_control_device(rig: UserRig) -> None:
    ioctl(rig, RPMSG_CREATE_EPT_IOCTL, EndpointInfo("a", 0x80, 1).pack())
    ioctl(rig, RPMSG_CREATE_EPT_IOCTL, EndpointInfo("b", 0x81, 1).pack())
    assert rig.sh("ls /dev") == (0, "full\nnull\nrpmsg0\nrpmsg1\nrpmsg_ctrl0\nzero\n")
    rig.call(rig.bus.stop())
    assert rig.sh("ls /dev /sys/class/rpmsg") == (
        0,
        "/dev:\nfull\nnull\nzero\n\n/sys/class/rpmsg:\n",
    )
