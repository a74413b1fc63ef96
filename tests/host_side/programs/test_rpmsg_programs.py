# SPDX-License-Identifier: Apache-2.0
"""rpmsg_demo and rpmsg_test over the vendor's control device."""

from __future__ import annotations

import re

import pytest

from tests.host_side.rpmsg.sunxi_rig import CLOSE, NODE, SunxiRig


class EchoRig(SunxiRig):
    """Clients send back what they get, after ``change``."""

    broken = False
    deaf = False

    def _client_acked(self, dst: int, data: bytes) -> None:
        super()._client_acked(dst, data)
        for ours, theirs in self.clients.values():
            if dst == ours and len(data) != 8 and not self.deaf:
                self.reply(theirs, data[:-1] + b"?" if self.broken else data, ours)


@pytest.fixture
def rig() -> EchoRig:
    rig = EchoRig()
    rig.announce_ctrl()
    return rig


def test_demo_creates_and_deletes(rig: EchoRig) -> None:
    created = (
        "Create new rpmsg endpoint file: /dev/rpmsg1\n"
        "you can access the /dev/rpmsg1 file like a normal file.\n"
        "e.g.\n\techo hello > /dev/rpmsg1\n\tcat /dev/rpmsg1\n"
    )
    assert rig.sh(f"rpmsg_demo -r {NODE} -c test") == (0, created)
    assert rig.user.fs.exists("/dev/rpmsg1")
    deleted = "Delete rpmsg endpoint file: /dev/rpmsg1\n"
    assert rig.sh(f"rpmsg_demo -r {NODE} -d 1") == (0, deleted)
    rig.settle()
    assert not rig.user.fs.exists("/dev/rpmsg1")


def test_demo_errors(rig: EchoRig) -> None:
    assert rig.sh("rpmsg_demo -c test") == (
        0,
        "Please use -r option to specifies the remoteproc process name.\n",
    )
    assert rig.sh("rpmsg_demo -r nobody -c test") == (
        1,
        "failed to open /dev/rpmsg_ctrl-nobody (No such file or directory)\n"
        "rpmsg_alloc_ept for ept test (nobody) failed\n",
    )
    assert rig.sh(f"rpmsg_demo -r {NODE} -c other") == (
        1,
        "ept other: ioctl CREATE_BUF failed (Bad address)\n"
        f"rpmsg_alloc_ept for ept other ({NODE}) failed\n",
    )
    assert rig.sh(f"rpmsg_demo -r {NODE} -d 9") == (
        1,
        "ept : ioctl DESTROY_EPT failed (No such device)\n"
        f"rpmsg_free_ept for /dev/rpmsg9 ({NODE}) failed\n",
    )
    assert rig.sh(f"rpmsg_demo -r {NODE} -d x")[1].startswith("rpmsg_demo: Invalid input x.\n")
    long_name = "n" * 32
    text = f'invalid ept name "{long_name}", its length should be in range [1, 32)\n'
    assert rig.sh(f"rpmsg_demo -r {NODE} -c {long_name}")[1].startswith(text)


def test_test_measures_throughput_and_latency(rig: EchoRig) -> None:
    status, output = rig.sh(f"rpmsg_test -r {NODE} -c test -L 100 -t 1 -n 5")
    assert status == 0
    line, last = output.splitlines()
    pattern = (
        r"\[rpmsg1\] 5 messages of 100 bytes, 0 failed, \d+\.\d{6} MB/s, "
        r"latency min (\d+) ns, mean (\d+) ns, max (\d+) ns"
    )
    match = re.fullmatch(pattern, line)
    assert match is not None
    least, mean, greatest = map(int, match.groups())
    assert 0 < least <= mean <= greatest
    assert last == "Delete rpmsg endpoint file: /dev/rpmsg1"
    rig.settle()
    assert rig.requests[-1][3] == CLOSE


def test_test_shows_its_data(rig: EchoRig) -> None:
    status, output = rig.sh(f"rpmsg_test -r {NODE} -c test -L 40 -t 0 -n 1 -v")
    assert status == 0
    assert re.search(r"\[rpmsg1\]data:[0-9a-f]{32}\.\.\. \[md5:[0-9a-f]{32}\]", output)
    assert re.search(r"\[rpmsg1\]data:[0-9a-f]{32}\.\.\. check:[0-9a-f]{32} success", output)
    assert "[rpmsg1] send: 0.040000Kb " in output
    assert "[rpmsg1] receive : 0.040000Kb " in output


def test_test_finds_damage(rig: EchoRig) -> None:
    rig.broken = True
    status, output = rig.sh(f"rpmsg_test -r {NODE} -c test -L 40 -t 0 -n 2")
    assert status == 1
    assert " check: failed" in output
    assert "2 messages of 40 bytes, 2 failed" in output


def test_test_times_out(rig: EchoRig) -> None:
    rig.deaf = True
    status, output = rig.sh(f"rpmsg_test -r {NODE} -c test -n 2", 5 * 10**9)
    assert status == 1
    assert output.startswith("polling /dev/rpmsg1 timeout.\n[rpmsg1] 0 messages of 32 bytes")


@pytest.mark.parametrize("length", ["497", "0", "x"])
def test_test_length(rig: EchoRig, length: str) -> None:
    status, output = rig.sh(f"rpmsg_test -r {NODE} -c test -L {length}")
    assert status == 1
    assert output.startswith(f"rpmsg_test: Invalid input {length}.\n\nUsage: rpmsg_test -r REMOTE")
