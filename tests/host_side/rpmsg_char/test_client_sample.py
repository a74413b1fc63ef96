# SPDX-License-Identifier: Apache-2.0
"""The sample driver: a hundred hellos, its log, and loading it as a module."""

from __future__ import annotations

from tests.host_side.shell.user_rig import REMOTE, UserRig

NAME = "rpmsg_client_sample virtio0.rpmsg-client-sample.-1.30"
MODULE = "/lib/modules/rpmsg_client_sample.ko"


def test_says_hello_count_times_and_then_goodbye() -> None:
    rig = UserRig()
    assert rig.sh(f"insmod {MODULE} count=3") == (0, "")
    rig.announce(b"rpmsg-client-sample", REMOTE)
    for _ in range(4):
        rig.deliver(0x400, b"hello back")
    assert rig.give_back() == [(0x400, REMOTE, b"hello world!")] * 3
    lines = [line for line in rig.log() if line.startswith("rpmsg_client_sample")]
    assert lines == [
        f"{NAME}: new channel: 0x400 -> 0x1e!",
        f"{NAME}: incoming msg 1 (src: 0x1e)",
        f"{NAME}: incoming msg 2 (src: 0x1e)",
        f"{NAME}: incoming msg 3 (src: 0x1e)",
        f"{NAME}: goodbye!",
        f"{NAME}: incoming msg 4 (src: 0x1e)",
        f"{NAME}: goodbye!",
    ]


def test_default_is_100_messages_each_way() -> None:
    rig = UserRig()
    rig.start_echo()
    rig.sh(f"insmod {MODULE}")
    rig.announce(b"rpmsg-client-sample", REMOTE, interrupt=False)
    rig.raise_interrupt(0)
    rig.machine.run(lambda: rig.log()[-1] == f"{NAME}: goodbye!")
    rig.settle()
    assert sum("incoming msg" in line for line in rig.log()) == 100
    assert rig.tx.seen == 100


def test_a_channel_that_waits_is_bound_by_insmod_and_released_by_rmmod() -> None:
    rig = UserRig()
    rig.announce(b"rpmsg-client-sample", REMOTE)
    assert rig.sent() == []
    rig.sh(f"insmod {MODULE}")
    assert rig.sent() == [(0x400, REMOTE, b"hello world!")]
    assert rig.sh("rmmod rpmsg_client_sample.ko") == (0, "")
    assert rig.log()[-1] == f"{NAME}: rpmsg sample client driver is removed"


def test_module_errors() -> None:
    rig = UserRig()
    assert rig.sh("insmod foo.ko") == (
        254,
        "insmod: can't insert 'foo.ko': No such file or directory\n",
    )
    assert rig.sh("rmmod foo") == (
        1,
        "rmmod: can't unload module 'foo': No such file or directory\n",
    )
    assert rig.sh(f"insmod {MODULE} count=many") == (
        22,
        f"insmod: can't insert '{MODULE}': Invalid argument\n",
    )
    assert rig.log()[-1] == "rpmsg_client_sample: `many' invalid for parameter `count'"
    assert rig.sh(f"insmod {MODULE} colour=1") == (0, "")
    assert rig.log()[-1] == "rpmsg_client_sample: unknown parameter 'colour' ignored"
    assert rig.sh(f"insmod {MODULE}") == (17, f"insmod: can't insert '{MODULE}': File exists\n")
    assert rig.sh("insmod /dev/null")[0] == 8
    assert rig.sh("cat /proc/modules") == (
        0,
        "rpmsg_client_sample 16384 0 - Live 0x0000000000000000\n",
    )
