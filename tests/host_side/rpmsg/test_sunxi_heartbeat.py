# SPDX-License-Identifier: Apache-2.0
"""Silence of the remote's heartbeat is a crash of type watchdog (facts 5.6)."""

from __future__ import annotations

from struct import pack

import pytest

from host_side.devicetree import DeviceNode, DeviceTree
from host_side.remoteproc.states import CrashType, State
from host_side.rpmsg.sunxi_heartbeat import TIMEOUT_PROPERTY, RpmsgHeartbeat
from tests.host_side.rpmsg.sunxi_rig import SunxiRig

SECOND = 1_000_000_000
BEAT = pack("<32sI", b"e907_rproc", 5)


class Remote:
    """A remote processor that notes reports."""

    def __init__(self, rig: SunxiRig, name: str) -> None:
        self.name = name
        self.state = State.RUNNING
        self.reports: list[int] = []
        self._machine = rig.machine

    def report_crash(self, kind: int) -> None:
        assert kind == CrashType.WATCHDOG
        self.reports.append(self._machine.cycle * 10)


@pytest.fixture
def rig() -> SunxiRig:
    return SunxiRig()


@pytest.fixture
def remote(rig: SunxiRig) -> Remote:
    remote = Remote(rig, "e907_rproc")
    remotes = [Remote(rig, "dsp_rproc"), remote]
    rig.driver = RpmsgHeartbeat(rig.kernel, lambda: remotes)
    rig.call(rig.kernel.rpmsg.register_driver(rig.driver))
    rig.announce(b"sunxi,rpmsg_heartbeat", 0x410)
    rig.machine.run(lambda: "sunxi,rpmsg_heartbeat" in rig.peers)
    # Seconds pass in these tests; the remote has nothing more to do in them.
    rig.machine.harts[4].software = None
    return remote


def beat(rig: SunxiRig, data: bytes = BEAT) -> None:
    rig.deliver(rig.peers["sunxi,rpmsg_heartbeat"], data, src=0x410)


def test_silence_before_the_first_beat_is_nothing(rig: SunxiRig, remote: Remote) -> None:
    rig.settle(20 * SECOND)
    assert remote.reports == []


def test_sixteen_seconds_after_the_last_beat(rig: SunxiRig, remote: Remote) -> None:
    beat(rig)
    rig.settle(10 * SECOND)
    beat(rig)
    begin = rig.machine.cycle * 10
    rig.settle(30 * SECOND)
    assert len(remote.reports) == 1
    # The timer wheel's bucket at that distance is 64 jiffies wide.
    assert 16 * SECOND <= remote.reports[0] - begin <= 16 * SECOND + 650_000_000


def test_beats_in_time_keep_it_alive(rig: SunxiRig, remote: Remote) -> None:
    for _ in range(5):
        beat(rig)
        rig.settle(5 * SECOND)
    assert remote.reports == []


def test_a_board_may_ask_for_another_time(rig: SunxiRig, remote: Remote) -> None:
    node = DeviceNode("/soc/e907_rproc@43030000", (), {TIMEOUT_PROPERTY: 200})
    rig.kernel.tree = DeviceTree([*rig.kernel.tree.nodes, node])
    beat(rig)
    begin = rig.machine.cycle * 10
    rig.settle(SECOND)
    assert 200_000_000 <= remote.reports[0] - begin <= 300_000_000


def test_a_detached_remote_is_left_alone(rig: SunxiRig, remote: Remote) -> None:
    remote.state = State.DETACHED
    beat(rig)
    rig.settle(20 * SECOND)
    assert remote.reports == []


def test_a_channel_that_goes_away_is_no_crash(rig: SunxiRig, remote: Remote) -> None:
    beat(rig)
    rig.announce(b"sunxi,rpmsg_heartbeat", 0x410, 1)
    rig.settle(20 * SECOND)
    assert remote.reports == []
    name = "virtio0.sunxi,rpmsg_heartbeat.-1.1040"
    assert f"rpmsg_heartbeat {name}: {name} is removed" in rig.log()


def test_tick_is_kept_modulo_100(rig: SunxiRig, remote: Remote) -> None:
    beat(rig, pack("<32sI", b"e907_rproc", 99))
    assert list(rig.driver.ticks.values()) == [0]


def test_a_short_beat_counts_but_names_nobody(rig: SunxiRig, remote: Remote) -> None:
    beat(rig, b"")
    rig.settle(20 * SECOND)
    assert remote.reports == []
