# SPDX-License-Identifier: Apache-2.0
"""request_firmware(): directories in order, empty files, bad names."""

from __future__ import annotations

import pytest

from host_side.fs.node import RegularFile
from host_side.kernel.errors import LinuxError
from host_side.remoteproc.ops import Firmware
from tests.host_side.remoteproc.rproc_rig import Rig

PREFIX = "remoteproc remoteproc0"


@pytest.fixture
def rig() -> Rig:
    return Rig()


def request(rig: Rig, name: str) -> Firmware:
    fw: Firmware = rig.call(rig.kernel.remoteproc.firmware.request(name, PREFIX))
    return fw


def test_order_of_directories(rig: Rig) -> None:
    """firmware_class.path, updates before the rest, the kernel's release before all releases."""
    loader = rig.kernel.remoteproc.firmware
    release = rig.kernel.release
    places = [
        "/lib/firmware",
        f"/lib/firmware/{release}",
        "/lib/firmware/updates",
        f"/lib/firmware/updates/{release}",
        "/mnt/fw",
    ]
    loader.path = "/mnt/fw"
    assert loader.directories() == places[::-1]
    for number, place in enumerate(places):
        rig.user.fs.add(f"{place}/test.bin", RegularFile(bytes([number + 1])))
        assert request(rig, "test.bin").data == bytes([number + 1])


def test_large_file(rig: Rig) -> None:
    """More than one read."""
    data = bytes(range(256)) * 700
    rig.user.fs.add("/lib/firmware/sub/large.bin", RegularFile(data))
    assert request(rig, "sub/large.bin") == Firmware("sub/large.bin", data)


def test_empty_file_is_passed_over(rig: Rig) -> None:
    """EINVAL for it, and the search goes on."""
    rig.user.fs.add("/lib/firmware/updates/e.bin", RegularFile())
    rig.user.fs.add("/lib/firmware/e.bin", RegularFile(b"here"))
    rig.log()
    assert request(rig, "e.bin").data == b"here"
    line = "loading /lib/firmware/updates/e.bin failed with error -22"
    assert rig.rproc_log() == [line]


@pytest.mark.parametrize(
    ("name", "errno", "lines"),
    [
        ("", "EINVAL", []),
        ("no.bin", "ENOENT", ["Direct firmware load for no.bin failed with error -2"]),
        ("a/../b", "EINVAL", ["Firmware load for 'a/../b' refused, path contains '..' component"]),
    ],
)
def test_refusals(rig: Rig, name: str, errno: str, lines: list[str]) -> None:
    """With the messages of the firmware loader."""
    rig.log()
    with pytest.raises(LinuxError, match=errno):
        request(rig, name)
    assert rig.rproc_log() == lines


def test_without_a_root_file_system(rig: Rig) -> None:
    """Nothing can be found."""
    rig.kernel.remoteproc.firmware.fs = None
    with pytest.raises(LinuxError, match="ENOENT"):
        request(rig, "amp_rv0.bin")
