# SPDX-License-Identifier: Apache-2.0
"""The state machine with its power count: every transition and every quirk of the original."""

from __future__ import annotations

import errno
from typing import Any

import pytest

from host_side.kernel.errors import LinuxError
from host_side.remoteproc.core import Rproc
from host_side.remoteproc.ops import RprocOps
from host_side.remoteproc.states import CrashType, State, crash_text
from host_side.remoteproc.subdev import Subdev
from tests.host_side.remoteproc.rproc_rig import DEBUG, STATE, Remote, Rig, firmware

START, STOP, DETACH = (f"echo {word} > {STATE}" for word in ("start", "stop", "detach"))
INVALID = (1, "sh: write error: Invalid argument\n")


def obedient() -> Rig:
    """A rig whose remote stops when it is told to."""
    rig = Rig()
    Remote(rig.machine)
    return rig


def test_start_twice_needs_two_stops() -> None:
    """rproc_boot() only counts when the remote is up already."""
    rig = obedient()
    assert rig.sh(START) == (0, "")
    rig.log()
    assert rig.sh(START) == (0, "")
    assert rig.rproc_log() == []
    assert rig.rproc.power == 2
    assert rig.sh(STOP) == (0, "")
    assert rig.state == "running"
    assert rig.sh(STOP) == (0, "")
    assert rig.state == "offline"
    assert rig.sh(STOP) == INVALID


def test_what_is_not_allowed_when_offline() -> None:
    """stop and detach are EINVAL without a word; other words have one."""
    rig = Rig()
    rig.log()
    assert rig.sh(STOP) == INVALID
    assert rig.sh(DETACH) == INVALID
    assert rig.rproc_log() == []
    assert rig.sh(f"echo run > {STATE}") == INVALID
    assert rig.sh(f"echo -n 'start ' > {STATE}") == INVALID
    assert rig.rproc_log() == ["Unrecognised option: run\n", "Unrecognised option: start "]
    assert rig.sh(f"echo -n start > {STATE}") == (0, "")
    assert rig.sh(DETACH) == INVALID


def test_missing_firmware() -> None:
    """ENOENT reaches the shell; the power count is as before."""
    rig = Rig()
    rig.user.fs.remove("/lib/firmware/amp_rv0.bin")
    rig.log()
    assert rig.sh(START) == (1, "sh: write error: No such file or directory\n")
    assert rig.rproc_log() == [
        "powering up e907_rproc",
        "Direct firmware load for amp_rv0.bin failed with error -2",
        "request_firmware failed: -2",
        "Boot failed: -2",
    ]
    assert rig.rproc.power == 0


def test_crash_and_recovery() -> None:
    """A crash is reported, the remote booted again, the table started afresh."""
    rig = obedient()
    states: list[State] = []
    rig.rproc.on_state(states.append)
    rig.sh(START)
    rig.settle()
    rig.log()
    assert rig.sh(f"echo 1 > {DEBUG}/crash") == (0, "")
    rig.recover()
    assert rig.rproc_log() == [
        "crash detected in e907_rproc: type watchdog",
        "handling crash #1 in e907_rproc",
        "recovering e907_rproc",
        "stopped remote processor e907_rproc",
        "load fw from filesystem, filename: amp_rv0.bin",
        "firmware version: v1.2.3",
        "remote processor e907_rproc is now up",
    ]
    assert states == [State.RUNNING, State.CRASHED, State.OFFLINE, State.RUNNING]
    assert rig.rproc.power == 1
    assert rig.sh("ls /sys/bus/rpmsg/devices | grep -c echo") == (0, "1\n")
    assert rig.sh(STOP) == (0, "")


def test_crash_with_recovery_disabled() -> None:
    """It stays crashed; a second crash is not handled; writing recover or enabled helps."""
    rig = obedient()
    recovery = "/sys/class/remoteproc/remoteproc0/recovery"
    rig.sh(f"echo disabled > {recovery}; {START}")
    for number in (1, 2):
        rig.call(_report(rig.rproc, CrashType.FATAL_ERROR))
        rig.settle()
        assert rig.state == "crashed", number
    assert rig.rproc.recovery.crashes == 1
    assert rig.sh(f"echo recover > {recovery}") == (0, "")
    assert rig.state == "running"
    assert rig.read(recovery) == "disabled\n"
    rig.call(_report(rig.rproc, CrashType.MMUFAULT))
    rig.settle()
    assert rig.state == "crashed"
    assert rig.sh(f"echo enabled > {recovery}") == (0, "")
    assert rig.state == "running"
    assert rig.read(recovery) == "enabled\n"


async def _report(rproc: Rproc, kind: int) -> None:
    rproc.report_crash(kind)


def test_crash_of_a_stopped_remote() -> None:
    """It is reported and nothing more."""
    rig = Rig()
    rig.log()
    rig.sh(f"echo 7 > {DEBUG}/crash")
    rig.settle()
    assert rig.rproc_log() == ["crash detected in e907_rproc: type unknown"]
    assert rig.state == "offline"


def test_crashed_remote_can_be_stopped() -> None:
    """shutdown takes a crashed one; its subdevices hear of the crash."""
    rig = obedient()
    rig.rproc.recovery.disabled = True
    seen: list[Any] = []
    rig.rproc.subdevs.append(Fragile(seen, "a"))
    rig.sh(START)
    rig.settle()
    rig.call(_report(rig.rproc, CrashType.WATCHDOG))
    rig.settle()
    assert rig.sh(STOP) == (0, "")
    assert rig.state == "offline"
    assert ("a", "stop", True) in seen


def test_recovery_that_cannot_load() -> None:
    """Offline with the power count still 1: start does nothing, stop is EINVAL."""
    rig = obedient()
    rig.sh(START)
    rig.settle()
    rig.user.fs.remove("/lib/firmware/amp_rv0.bin")
    rig.call(_report(rig.rproc, CrashType.WATCHDOG))
    rig.recover()
    assert rig.state == "offline"
    assert rig.rproc.power == 1
    rig.log()
    assert rig.sh(START) == (0, "")
    assert rig.rproc_log() == []
    assert not rig.machine.running
    assert rig.sh(STOP) == INVALID


def test_suspended_is_a_state_of_drivers() -> None:
    """It shows, and nothing can be asked of it but what the original allows."""
    rig = obedient()
    rig.sh(START)
    rig.rproc.state = State.SUSPENDED
    assert rig.state == "suspended"
    assert rig.sh(STOP) == INVALID
    assert rig.sh(DETACH) == INVALID
    rig.rproc.state = State.RUNNING
    assert rig.sh(STOP) == (0, "")


def test_names_of_states_and_crashes() -> None:
    """The words of sysfs and of the log."""
    texts = ["offline", "suspended", "running", "crashed", "attached", "detached"]
    assert [state.text for state in State] == texts
    assert [crash_text(n) for n in range(4)] == ["mmufault", "watchdog", "fatal error", "unknown"]


class Fragile(Subdev):
    """A subdevice that notes its calls and fails where it is told to."""

    def __init__(self, calls: list[Any], name: str, fails: str = "") -> None:
        self.calls, self.name, self.fails = calls, name, fails

    def _note(self, step: str, *more: Any) -> None:
        self.calls.append((self.name, step, *more))
        if self.fails == step:
            raise LinuxError(errno.EIO)

    async def prepare(self) -> None:
        self._note("prepare")

    async def start(self) -> None:
        self._note("start")

    async def stop(self, crashed: bool) -> None:
        self._note("stop", crashed)

    async def unprepare(self) -> None:
        self._note("unprepare")


@pytest.mark.parametrize(
    ("fails", "message", "calls"),
    [
        (
            "prepare",
            "failed to prepare subdevices for e907_rproc: -5",
            [("a", "prepare"), ("b", "prepare"), ("a", "unprepare")],
        ),
        (
            "start",
            "failed to probe subdevices for e907_rproc: -5",
            [
                ("a", "prepare"),
                ("b", "prepare"),
                ("a", "start"),
                ("b", "start"),
                ("a", "stop", True),
                ("b", "unprepare"),
                ("a", "unprepare"),
            ],
        ),
    ],
)
def test_subdevices_that_fail(fails: str, message: str, calls: list[Any]) -> None:
    """The way back, step by step, and a remote that is off afterwards."""
    rig = Rig(firmware(b"\x01" + bytes(15)))
    Remote(rig.machine).obeys = True
    seen: list[Any] = []
    rig.rproc.subdevs += [Fragile(seen, "a"), Fragile(seen, "b", fails)]
    rig.machine.memory.put(0x4A00_020C, 4, 0x16AA_0001)
    rig.log()
    assert rig.sh(START, 30 * 10**9) == (1, "sh: write error: Input/output error\n")
    assert message in rig.rproc_log()
    assert seen == calls
    assert rig.state == "offline"
    assert not rig.machine.running


def test_subdevices_stop_in_reverse() -> None:
    """And know whether it was a crash."""
    rig = obedient()
    seen: list[Any] = []
    rig.rproc.subdevs += [Fragile(seen, "a"), Fragile(seen, "b")]
    rig.sh(START)
    rig.settle()
    rig.call(_report(rig.rproc, 1))
    rig.recover()
    stops = [call for call in seen if call[1] in ("stop", "unprepare")]
    assert stops == [
        ("b", "stop", True),
        ("a", "stop", True),
        ("b", "unprepare"),
        ("a", "unprepare"),
    ]


def test_driver_that_fails() -> None:
    """prepare, start and stop of the driver, each with the core's message."""
    rig = Rig(firmware(b"\x01" + bytes(15)))
    for step, message in (
        ("prepare", "can't prepare rproc e907_rproc: -5"),
        ("start", "can't start rproc e907_rproc: -5"),
    ):
        kept = getattr(rig.rproc.ops, step)
        setattr(rig.rproc.ops, step, _fail)
        rig.log()
        assert rig.sh(START) == (1, "sh: write error: Input/output error\n")
        assert message in rig.rproc_log()
        assert rig.rproc.power == 0
        setattr(rig.rproc.ops, step, kept)
    rig.sh(START)
    rig.rproc.ops.stop = _fail
    rig.log()
    assert rig.sh(STOP) == (1, "sh: write error: Input/output error\n")
    assert rig.rproc_log() == ["can't stop rproc: -5"]
    assert rig.state == "running"
    assert rig.rproc.power == 1


async def _fail(rproc: Rproc) -> None:
    raise LinuxError(errno.EIO)


async def _nothing(rproc: Rproc) -> None:
    """An operation without effect."""


def test_no_kick_method() -> None:
    """The vdev's start refuses, so the boot does."""
    rig = Rig()
    Remote(rig.machine)
    rig.rproc.ops.kick = None
    rig.rproc.ops.stop = _nothing
    rig.log()
    assert rig.sh(START) == INVALID
    line = "rproc-virtio rproc-virtio.0.auto: .kick method not defined for e907_rproc"
    assert line in rig.log()


@pytest.mark.parametrize("state", [State.RUNNING, State.ATTACHED, State.CRASHED, State.SUSPENDED])
def test_new_remote_in_a_wrong_state(state: State) -> None:
    """rproc_add() takes offline ones and detached ones alone."""
    rig = Rig()
    rproc = Rproc(rig.kernel, "other", RprocOps(start=_nothing, attach=_nothing))
    assert rproc.firmware == "rproc-other-fw"
    rproc.state = state
    with pytest.raises(LinuxError, match=r"EINVAL \(-22\)"):
        rig.call(rig.kernel.remoteproc.add(rproc))
    assert len(rig.kernel.rprocs) == 1


def test_new_remote_without_the_operation_it_needs() -> None:
    """An offline one has to have start, a detached one attach."""
    rig = Rig()
    for state, ops in (
        (State.OFFLINE, RprocOps(attach=_nothing)),
        (State.DETACHED, RprocOps(start=_nothing)),
    ):
        rproc = Rproc(rig.kernel, "other", ops)
        rproc.state = state
        with pytest.raises(LinuxError, match="EINVAL"):
            rig.call(rig.kernel.remoteproc.add(rproc))


def test_second_remote_boots_by_itself() -> None:
    """auto_boot is on unless the driver says otherwise; with the default loader."""
    rig = Rig()
    image = firmware(b"\x01" + bytes(15))
    started: list[int] = []

    async def start(rproc: Rproc) -> None:
        started.append(rproc.bootaddr)

    ops = RprocOps(start=start, stop=_nothing, da_to_va=lambda rproc, da, length: da)
    rproc = Rproc(rig.kernel, "other", ops, "amp_rv0.bin", parent_path="/sys/devices/platform/o")
    rig.replace_firmware(image)
    rig.call(rig.kernel.remoteproc.add(rproc))
    rig.recover()
    assert started == [0x4100_0040]
    assert rproc.state is State.RUNNING
    assert rig.read("/sys/class/remoteproc/remoteproc1/name") == "other\n"
    rig.call(rig.kernel.remoteproc.remove(rproc))
    assert not rig.user.fs.exists("/sys/class/remoteproc/remoteproc1")
    assert not rig.user.fs.exists("/dev/remoteproc1")
    assert rproc.state is State.OFFLINE
    rig.log()
    with pytest.raises(LinuxError, match="ENODEV"):
        rig.call(rproc.boot())
    rproc.report_crash(CrashType.WATCHDOG)
    assert rig.log() == ["remoteproc remoteproc1: can't boot deleting rproc other"]
