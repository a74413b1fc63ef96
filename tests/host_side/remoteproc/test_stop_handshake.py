# SPDX-License-Identifier: Apache-2.0
"""V821's stop: the message, the record word, the work mode, and what happens when they fail."""

from __future__ import annotations

from tests.host_side.remoteproc.rproc_rig import (
    CORE_RESET,
    DEBUG,
    E907,
    MSGBOX_E907,
    PARENT,
    RECORD,
    RPROC,
    STATE,
    STOP_MESSAGE,
    Remote,
    Rig,
)

WORK_MODE = E907 + 0x248
NOT_READY = "rproc wait for ready to stop timeout! Force stop!"
AWAKE = "rproc wait into wfi mode timeout! Force stop!"


def stopped(rig: Rig) -> float:
    """Stop the remote; the milliseconds that took."""
    rig.settle()
    rig.log()
    rig.machine.accesses.clear()
    rig.machine.recording = True
    before = rig.machine.cycle
    assert rig.sh(f"echo stop > {STATE}") == (0, "")
    assert rig.state == "offline"
    assert not rig.machine.running
    return (rig.machine.cycle - before) / 100_000


def test_order() -> None:
    """Message, record, mode, reset, record cleared."""
    rig = Rig()
    Remote(rig.machine)
    rig.sh(f"echo start > {STATE}")
    took = stopped(rig)
    assert took < 100
    places = (MSGBOX_E907 + 0x70, RECORD, WORK_MODE, CORE_RESET)
    seen = [
        (address, value)
        for hart, _, address, value in rig.machine.accesses
        if hart == 0 and address in places
    ]
    steps = list(dict.fromkeys(seen))
    assert steps[:3] == [(places[0], STOP_MESSAGE), (RECORD, 0), (RECORD, 0x16AA_0001)]
    assert steps[3:] == [
        (WORK_MODE, 1),
        (CORE_RESET, 0xA569_0000),
        (RECORD, 0x16AA_0000),
    ]
    assert not [text for text in rig.log() if "timeout" in text]


def test_remote_that_does_not_answer() -> None:
    """5 s for the record, 1 s for the mode, then the reset."""
    rig = Rig()
    rig.sh(f"echo start > {STATE}")
    took = stopped(rig)
    assert 6000 <= took < 6200
    log = rig.log()
    assert PARENT + NOT_READY in log
    assert PARENT + AWAKE in log
    assert log.index(PARENT + NOT_READY) < log.index(PARENT + AWAKE)


def test_remote_that_records_but_does_not_sleep() -> None:
    """1 s for the mode alone."""
    rig = Rig()
    rig.sh(f"echo start > {STATE}")
    rig.machine.memory.put(RECORD, 4, 0x16AA_0001)
    took = stopped(rig)
    assert 1000 <= took < 1100
    log = rig.log()
    assert PARENT + NOT_READY not in log
    assert PARENT + AWAKE in log


def test_crashed_remote_is_not_asked() -> None:
    """It is started again at once."""
    rig = Rig()
    rig.sh(f"echo start > {STATE}; echo 1 > {DEBUG}/crash")
    rig.recover()
    assert rig.state == "running"
    assert STOP_MESSAGE not in rig.machine.remote_box.fifos[0]


def test_crashed_remote_is_asked_by_the_original() -> None:
    """One that is dead costs both times before it is started again."""
    rig = Rig(ampsim__ask_crashed=True)
    rig.sh(f"echo start > {STATE}")
    rig.log()
    rig.sh(f"echo 1 > {DEBUG}/crash")
    rig.settle(5_900_000_000)
    assert rig.log()[-1] == PARENT + NOT_READY
    assert rig.rproc.state.text == "crashed"
    rig.settle(300_000_000)
    log = rig.log()
    assert log[:2] == [PARENT + AWAKE, RPROC + "stopped remote processor e907_rproc"]
    assert STOP_MESSAGE in rig.machine.remote_box.fifos[0]
    assert rig.state == "running"


def test_without_stop_notify() -> None:
    """No message, no waiting, no record."""
    rig = Rig(ampsim__stop_notify=None)
    remote = Remote(rig.machine)
    rig.sh(f"echo start > {STATE}")
    assert stopped(rig) < 10
    assert STOP_MESSAGE not in remote.kicks
    assert rig.machine.memory.u32(RECORD) == 0


def test_full_mailbox() -> None:
    """The message stays in the queue: the times run out."""
    rig = Rig()
    rig.sh(f"echo start > {STATE}")
    rig.machine.remote_box.fifos[0][:] = range(8)
    took = stopped(rig)
    assert took >= 6000
    assert STOP_MESSAGE not in rig.machine.remote_box.fifos[0]
