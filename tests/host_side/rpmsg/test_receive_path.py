# SPDX-License-Identifier: Apache-2.0
"""What Linux does with messages, good and bad, from the remote (facts 2.5, 7)."""

from __future__ import annotations

from typing import Any

import pytest

from host_side.kernel.errors import LinuxError
from host_side.rpmsg.core import ADDR_ANY
from tests.host_side.rpmsg.rig import POOL, Rig

PREFIX = "virtio_rpmsg_bus virtio0: "


class Listener:
    """An endpoint that keeps what it gets."""

    def __init__(self, rig: Rig, address: int = ADDR_ANY) -> None:
        self.got: list[tuple[bytes, int]] = []
        rpdev = rig.kernel.rpmsg.devices[0]
        self.ept = rig.call(rpdev.create_ept(self._take, "test", address, ADDR_ANY))

    async def _take(self, rpdev: Any, data: bytes, src: int) -> None:
        self.got.append((data, src))


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.fixture
def listener(rig: Rig) -> Listener:
    return Listener(rig)


def test_message_reaches_its_endpoint(rig: Rig, listener: Listener) -> None:
    rig.deliver(0x400, b"abc", src=0x22)
    assert listener.got == [(b"abc", 0x22)]
    assert rig.rx.avail_idx == 5


def test_empty_message_is_delivered(rig: Rig, listener: Listener) -> None:
    rig.deliver(0x400, b"")
    assert listener.got == [(b"", 0x1E)]


def test_largest_message(rig: Rig, listener: Listener) -> None:
    rig.deliver(0x400, bytes(range(248)) * 2, used=512)
    assert listener.got[0][0] == bytes(range(248)) * 2


def test_batch_is_kicked_once(rig: Rig, listener: Listener) -> None:
    """avail.idx per message, one kick for all of them."""
    for _ in range(3):
        rig.deliver(0x400, b"x", interrupt=False)
    rig.interrupt(0)
    assert len(listener.got) == 3
    assert rig.rx.avail_idx == 7
    assert rig.transport.kicks == [0, 0]


def test_suppressed_kick(rig: Rig, listener: Listener) -> None:
    """used.flags NO_NOTIFY: the buffer goes back without a doorbell."""
    rig.rx.suppress()
    rig.deliver(0x400, b"x")
    assert rig.rx.avail_idx == 5
    assert rig.transport.kicks == [0]


@pytest.mark.parametrize(("used", "length"), [(513, 1), (20, 5), (16, 1)])
def test_too_big_loses_the_buffer_and_ends_the_batch(
    rig: Rig, listener: Listener, used: int, length: int
) -> None:
    rig.deliver(0x400, b"12345", used=used, length=length, interrupt=False)
    rig.deliver(0x400, b"later", interrupt=False)
    rig.interrupt(0)
    assert rig.log()[-1] == f"{PREFIX}inbound msg too big: ({used}, {length})"
    assert listener.got == []
    assert rig.rx.avail_idx == 4
    assert rig.transport.kicks == [0]
    rig.interrupt(0)
    assert listener.got == [(b"later", 0x1E)]
    assert rig.rx.avail_idx == 5


@pytest.mark.parametrize("used", [0, 1, 15])
def test_short_used_length_passes_the_unsigned_check(
    rig: Rig, listener: Listener, used: int
) -> None:
    """used.len - 16 wraps around: the header's length is trusted."""
    rig.deliver(0x400, b"abc", used=used)
    assert listener.got == [(b"abc", 0x1E)]


def test_trusted_length_reads_past_the_buffer(rig: Rig, listener: Listener) -> None:
    rig.deliver(0x400, b"abc", used=0, length=65535)
    assert len(listener.got[0][0]) == 65535


def test_unknown_address_is_counted_and_rate_limited(rig: Rig) -> None:
    """Ten messages in 5 s, every buffer recycled."""
    for _ in range(12):
        rig.deliver(0x1234, b"x")
    assert rig.log().count(f"{PREFIX}msg received with no recipient") == 10
    assert rig.rx.avail_idx == 16
    assert rig.transport.kicks == [0] * 13
    rig.settle(5_100_000_000)
    rig.deliver(0x1234, b"x")
    assert rig.log().count(f"{PREFIX}msg received with no recipient") == 11


def test_callback_errors_are_ignored(rig: Rig) -> None:
    async def fail(rpdev: Any, data: bytes, src: int) -> None:
        raise LinuxError(22)

    rig.call(rig.kernel.rpmsg.devices[0].create_ept(fail, "test", 77, ADDR_ANY))
    rig.deliver(77, b"x")
    assert rig.rx.avail_idx == 5


def test_message_to_a_destroyed_endpoint(rig: Rig, listener: Listener) -> None:
    rig.call(listener.ept.destroy())
    rig.deliver(0x400, b"x")
    assert listener.got == []
    assert rig.log()[-1] == f"{PREFIX}msg received with no recipient"


def test_id_out_of_range_breaks_the_ring(rig: Rig) -> None:
    rig.rx.give(4, 512)
    rig.interrupt(0)
    assert rig.log()[-2:] == [
        f"{PREFIX}input:id 4 out of range",
        f"{PREFIX}uhm, incoming signal, but no used buffer ?",
    ]
    rig.interrupt(0)  # a broken ring handles interrupts silently
    assert rig.log()[-1] == f"{PREFIX}uhm, incoming signal, but no used buffer ?"
    assert rig.log().count(f"{PREFIX}input:id 4 out of range") == 1
    assert rig.transport.kicks == [0]


def test_completion_of_a_descriptor_that_is_not_posted(rig: Rig) -> None:
    """The buffer of a message that was too big is lost: its id is no head any more."""
    rig.deliver(0x400, b"", used=513)
    rig.rx.give(0, 512)
    rig.interrupt(0)
    assert rig.log()[-2:] == [
        f"{PREFIX}input:id 0 is not a head!",
        f"{PREFIX}uhm, incoming signal, but no used buffer ?",
    ]


def test_used_index_beyond_what_was_posted(rig: Rig, listener: Listener) -> None:
    """Entries are taken one by one: id 0 is posted again each time, so its message repeats."""
    rig.deliver(0x400, b"stale", interrupt=False)
    rig.machine.memory.put(rig.rx.used + 2, 2, 3)
    rig.interrupt(0)
    assert listener.got == [(b"stale", 0x1E)] * 3
    rig.rx.seen = 4
    rig.machine.memory.put(rig.rx.used + 2, 2, 4)
    rig.machine.memory.put(rig.rx.used + 4 + 8 * 3, 4, 0xFFFFFFFF)
    rig.interrupt(0)
    assert f"{PREFIX}input:id 4294967295 out of range" in rig.log()


def test_spurious_interrupt_touches_nothing(rig: Rig) -> None:
    before = rig.machine.memory.read(0x4000_0000, 0x100)
    lines = len(rig.log())
    rig.interrupt(0, 1)
    assert rig.machine.memory.read(0x4000_0000, 0x100) == before
    assert len(rig.log()) == lines


def test_changed_descriptors_have_no_effect(rig: Rig, listener: Listener) -> None:
    """Linux goes by the id, not by what the remote wrote into addr and len."""
    rig.machine.memory.write(0x4000_0000, bytes(8))
    rig.machine.memory.put(0x4000_0008, 4, 1)
    rig.rx.seen = 1
    rig.machine.memory.write(POOL, bytes.fromhex("1e000000 00040000 00000000 0300 0000") + b"abc")
    rig.rx.give(0, 512)
    rig.interrupt(0)
    assert listener.got == [(b"abc", 0x1E)]
    assert rig.machine.memory.u32(0x4000_0000) == POOL


def test_interrupt_before_probe_has_finished_is_an_oops() -> None:
    """vdev->priv is still NULL: the worker dies, the kernel says so."""
    rig = Rig()
    rig.device.priv = None
    rig.deliver(53, b"", interrupt=False)
    rig.raise_interrupt(0)
    rig.settle()
    assert rig.log()[-3:] == [
        "Unable to handle kernel NULL pointer dereference at virtual address 0000000000000000",
        "Oops [#1]",
        "CPU: 0 PID: 2 Comm: kworker/0:0",
    ]
