# SPDX-License-Identifier: Apache-2.0
"""The MSGBOX driver: register accesses, full FIFOs, bursts of kicks, the weakness of one vq_id."""

from __future__ import annotations

from typing import Any

import pytest

from host_side.devicetree import DeviceNode
from host_side.kernel.errors import LinuxError
from host_side.kernel.platform_bus import PlatformDevice
from host_side.mailbox.framework import MailboxClient
from host_side.mailbox.sunxi_msgbox import SunxiMsgboxDriver
from tests.host_side.remoteproc.rproc_rig import STATE, Rig
from tests.host_side.remoteproc.v821_machine import MSGBOX_A27, MSGBOX_E907

CHANNEL = 2


class Box(Rig):
    """A rig with a client on channel 2, which the remote processor's driver leaves alone."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[int] = []
        self.client = MailboxClient("test client", self._received)
        request = self.kernel.mailboxes.request_channel(self.client, "msgbox", CHANNEL)
        self.machine.linux_box.fifos[CHANNEL] = [1, 2, 3]
        self.machine.accesses.clear()
        self.machine.recording = True
        self.channel = self.call(request)

    async def _received(self, word: int) -> None:
        assert self.kernel.scheduler.in_interrupt
        self.seen.append(word)

    def accesses(self) -> list[tuple[str, int, Any]]:
        """Accesses to the two boxes since the last call: (operation, offset, value)."""
        found = []
        for _, operation, address, value in self.machine.accesses:
            for base, name in ((MSGBOX_A27, "own"), (MSGBOX_E907, "remote")):
                if base <= address < base + 0x1000:
                    found.append((f"{operation} {name}", address - base, value))
        self.machine.accesses.clear()
        return found


def test_startup() -> None:
    """Drain, clear and enable the RD interrupt, clear the WR one, threshold of one free entry."""
    box = Box()
    bit = 1 << 2 * CHANNEL
    assert box.accesses() == [
        ("load4 own", 0x68, 3),
        ("load4 own", 0x78, 1),
        ("load4 own", 0x68, 2),
        ("load4 own", 0x78, 2),
        ("load4 own", 0x68, 1),
        ("load4 own", 0x78, 3),
        ("load4 own", 0x68, 0),
        ("load4 own", 0x24, 0),
        ("store4 own", 0x24, bit),
        ("load4 own", 0x20, 1),
        ("store4 own", 0x20, bit | 1),
        ("load4 remote", 0x34, 0),
        ("store4 remote", 0x34, 2 * bit),
        ("load4 remote", 0x88, 0),
        ("store4 remote", 0x88, 0),
    ]


def test_send() -> None:
    """The count, then the word, in the remote's block; done is looked at once."""
    box = Box()
    box.accesses()
    assert box.call(box.channel.send_message(0x1234)) == 0
    box.settle(100_000)
    assert box.accesses() == [
        ("load4 remote", 0x68, 0),
        ("store4 remote", 0x78, 0x1234),
        ("load4 remote", 0x68, 1),
    ]
    assert box.machine.remote_box.fifos[CHANNEL] == [0x1234]


def test_full_fifo() -> None:
    """Eight words fit; the rest waits in the queue until the remote reads, 5 ms at a time."""
    box = Box()
    fifo = box.machine.remote_box.fifos[CHANNEL]
    for number in range(12):
        box.call(box.channel.send_message(number))
    box.settle(1_000_000)
    assert fifo == list(range(8))
    assert box.machine.remote_box.lost == 0
    taken = []
    for _ in range(12):
        if fifo:
            taken.append(fifo.pop(0))
        box.settle(6_000_000)
    assert taken == list(range(12))


def test_interrupt() -> None:
    """All words of a channel in one interrupt, then the pending bit is written back."""
    box = Box()
    box.accesses()
    for word in (5, 6, 7):
        box.machine.linux_box.push(CHANNEL, word)
    box.machine.kick_linux(8, CHANNEL)
    box.settle(100_000)
    assert box.seen == [5, 6, 7, 8]
    seen = box.accesses()
    assert seen[:4] == [
        ("load4 own", 0x20, 0x11),
        ("load4 own", 0x24, 0x10),
        ("load4 remote", 0x30, 0),
        ("load4 remote", 0x34, 0),
    ]
    reads = [access for access in seen if access[1] in (0x68, 0x78)]
    assert [offset for _, offset, _ in reads] == [0x68, 0x78] * 4 + [0x68]
    assert ("store4 own", 0x24, 0x10) in seen
    assert not box.machine.linux_box.line
    assert box.read("/proc/interrupts").count("49102000.msgbox") == 1


def test_pending_without_a_word() -> None:
    """The driver's message, and no storm."""
    box = Box()
    box.log()
    box.machine.linux_box.status[0x24] = 1 << 2 * CHANNEL
    box.machine._lines()
    box.settle(100_000)
    assert box.log() == ["sunxi-msgbox 49102000.msgbox: msgbox: read timeout on chan 2"]


def test_shutdown() -> None:
    """No interrupt any more; a word that comes later stays."""
    box = Box()
    box.call(box.channel.free())
    box.machine.kick_linux(1, CHANNEL)
    box.settle(100_000)
    assert box.seen == []
    assert box.machine.linux_box.fifos[CHANNEL] == [1]
    with pytest.raises(LinuxError, match="EINVAL"):
        box.call(box.channel.send_message(1))


def kicked(single: bool) -> list[int]:
    """Which ids of two kicks in one go reach the virtqueues."""
    rig = Rig(ampsim__single_vq_id=single or None)
    rig.sh(f"echo start > {STATE}")
    seen: list[int] = []
    original = rig.rproc.vq_interrupt

    async def note(notifyid: int) -> bool:
        seen.append(notifyid)
        return await original(notifyid)

    rig.rproc.vq_interrupt = note
    rig.machine.linux_box.push(0, 0)
    rig.machine.kick_linux(1)
    rig.settle()
    return seen


def test_two_kicks_in_quick_succession() -> None:
    """Both ids are served, unless the node asks for the original's one variable: then the last."""
    assert kicked(single=False) == [0, 1]
    assert kicked(single=True) == [1]


def test_node_without_what_the_driver_needs() -> None:
    """The probe is refused with one line."""
    rig = Rig()
    node = DeviceNode("/soc/msgbox@1000", ("allwinner,sunxi-msgbox",), {}, ((0x1000, 16),))
    rig.log()
    with pytest.raises(LinuxError, match="EINVAL"):
        rig.call(SunxiMsgboxDriver(rig.kernel).probe(PlatformDevice(node)))
    assert rig.log() == [
        "sunxi-msgbox 1000.msgbox: /soc/msgbox@1000: expected two reg entries and an interrupt"
    ]
