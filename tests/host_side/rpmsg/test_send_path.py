# SPDX-License-Identifier: Apache-2.0
"""How Linux sends: buffers, errors, the 15 s wait, sleepers (facts 2.4, 7)."""

from __future__ import annotations

from typing import Any

import pytest

from host_side.kernel.errors import ERESTARTSYS, LinuxError
from host_side.rpmsg.core import ADDR_ANY, RpmsgDriver
from tests.host_side.rpmsg.rig import POOL, RING1, Rig

TX = POOL + 0x800
DEVICE = "raw virtio0.raw.-1.30: "


class Raw(RpmsgDriver):
    """A driver that only keeps its channel."""

    name = "raw"
    id_table = ("raw",)

    async def callback(self, rpdev: Any, data: bytes, src: int) -> None:
        """Nothing to do."""


@pytest.fixture
def rig() -> Rig:
    rig = Rig(drivers=(Raw(),))
    rig.announce(b"raw", 30)
    return rig


def ept(rig: Rig) -> Any:
    return rig.kernel.rpmsg.devices[-1].ept


def error_of(rig: Rig, coro: Any, limit_ns: int = 10**9) -> LinuxError:
    with pytest.raises(LinuxError) as caught:
        rig.call(coro, limit_ns)
    return caught.value


def test_addresses_and_payload(rig: Rig) -> None:
    rig.call(ept(rig).send(b"to the channel"))
    rig.call(ept(rig).sendto(b"elsewhere", 99))
    rig.call(ept(rig).send_offchannel(b"as another", 7, 8))
    assert rig.sent() == [
        (0x400, 30, b"to the channel"),
        (0x400, 99, b"elsewhere"),
        (7, 8, b"as another"),
    ]


def test_kick_per_message(rig: Rig) -> None:
    for _ in range(3):
        rig.call(ept(rig).send(b"x"))
    assert rig.transport.kicks == [0, 0, 1, 1, 1]


STEPS = ("msg_alloc", "msg_fill", "msg_send", "msg_kick")


def steps(rig: Rig) -> list[tuple[str, int, int]]:
    """Events of the four steps so far: (name, ring, descriptor)."""
    return [event for event in rig.machine.harts[1].events if event[0] in STEPS]


def test_four_steps_name_ring_and_descriptor(rig: Rig) -> None:
    for _ in range(3):
        rig.call(ept(rig).send(b"x"))
    assert steps(rig) == [(step, 1, head) for head in (0, 1, 2) for step in STEPS]


def test_a_sender_that_finds_the_lock_taken_says_so(rig: Rig) -> None:
    bus = rig.bus
    done = []

    async def holder() -> None:
        async with bus._tx_lock:
            await rig.kernel.sleep_ns(1_000_000)
            done.append("holder")

    async def sender() -> None:
        await ept(rig).send(b"x")
        done.append("sender")

    rig.start(holder())
    rig.call(sender())
    assert done == ["holder", "sender"]
    waits = [event for event in rig.machine.harts[1].events if event[0].startswith("lock_wait")]
    assert waits == [("lock_wait tx_lock", 0, 0)]


def test_no_kick_step_when_the_remote_wants_none(rig: Rig) -> None:
    rig.tx.suppress()
    rig.call(ept(rig).send(b"x"))
    assert steps(rig) == [(step, 1, 0) for step in STEPS[:3]]
    assert rig.transport.kicks == [0, 0]


def test_empty_message(rig: Rig) -> None:
    rig.call(ept(rig).send(b""))
    assert rig.machine.memory.u32(RING1 + 8) == 16
    assert rig.sent() == [(0x400, 30, b"")]


def test_largest_message(rig: Rig) -> None:
    rig.call(ept(rig).send(bytes(496)))
    assert rig.machine.memory.u32(RING1 + 8) == 512


def test_one_byte_too_many(rig: Rig) -> None:
    error = error_of(rig, ept(rig).send(bytes(497)))
    assert str(error) == "EMSGSIZE (-90)"
    assert rig.log()[-1] == f"{DEVICE}message is too big (497)"
    assert rig.tx.avail_idx == 0


@pytest.mark.parametrize(("src", "dst"), [(ADDR_ANY, 1), (1, ADDR_ANY)])
def test_any_is_no_address(rig: Rig, src: int, dst: int) -> None:
    error = error_of(rig, ept(rig).send_offchannel(b"", src, dst))
    assert str(error) == "EINVAL (-22)"
    assert rig.log()[-1] == f"{DEVICE}invalid addr (src 0x{src:x}, dst 0x{dst:x})"


def test_stale_bytes_stay_in_a_reused_buffer(rig: Rig) -> None:
    rig.call(ept(rig).send(b"longer than that"))
    for _ in range(3):
        rig.call(ept(rig).send(b""))
    rig.tx.give(0, 512)
    rig.call(ept(rig).send(b"short"))
    assert rig.machine.memory.read(TX + 16, 16) == b"shortr than that"


def test_trysend_without_a_buffer(rig: Rig) -> None:
    for _ in range(4):
        rig.call(ept(rig).trysend(b"x"))
    assert str(error_of(rig, ept(rig).trysend(b"x"))) == "ENOMEM (-12)"
    assert str(error_of(rig, ept(rig).trysendto(b"x", 1))) == "ENOMEM (-12)"
    assert rig.tx.avail_idx == 4
    assert rig.tx.avail_flags == 1


def test_out_of_order_completion_decides_the_buffer(rig: Rig) -> None:
    for _ in range(4):
        rig.call(ept(rig).send(b"x"))
    rig.tx.give(2, 512)
    rig.call(ept(rig).send(b"again"))
    assert rig.machine.memory.read(TX + 2 * 512 + 16, 5) == b"again"
    assert rig.machine.memory.u16(RING1 + 0x44) == 2


def test_sleeper_asks_for_interrupts_and_is_woken(rig: Rig) -> None:
    """avail.flags 1 -> 0 while it sleeps, used_event = last_used, then 1 again."""
    for _ in range(4):
        rig.call(ept(rig).send(b"x"))
    done: list[bool] = []

    async def sender() -> None:
        await ept(rig).send(b"late")
        done.append(True)

    rig.start(sender())
    rig.settle()
    assert (rig.tx.avail_flags, rig.tx.used_event, done) == (0, 0, [])
    rig.tx.give(1, 512)
    rig.interrupt(1)
    rig.machine.run(lambda: done)
    # used_event stays: get_buf wrote it while interrupts were on.
    assert (rig.tx.avail_flags, rig.tx.used_event) == (1, 1)
    assert rig.sent()[-1] == (0x400, 30, b"late")


def test_two_sleepers_switch_interrupts_once(rig: Rig) -> None:
    for _ in range(4):
        rig.call(ept(rig).send(b"x"))
    tasks = [rig.start(ept_send(rig, text)) for text in (b"one", b"two")]
    rig.settle()
    rig.tx.give(0, 512)
    rig.interrupt(1)
    rig.settle()
    assert [task.exited for task in tasks] == [True, False]
    assert rig.tx.avail_flags == 0
    rig.tx.give(1, 512)
    rig.interrupt(1)
    rig.settle()
    assert tasks[1].exited
    assert rig.tx.avail_flags == 1


async def ept_send(rig: Rig, data: bytes) -> None:
    await ept(rig).send(data)


def test_timeout_after_the_wheels_fifteen_seconds(rig: Rig) -> None:
    """HZ=100: 1500 jiffies lie in the wheel's 64-jiffy level, measured 15.36 s on the original."""
    for _ in range(4):
        rig.call(ept(rig).send(b"x"))
    begin = rig.kernel.clock.now_ns()
    error = error_of(rig, ept(rig).send(b"never"), limit_ns=20 * 10**9)
    waited = rig.kernel.clock.now_ns() - begin
    assert (error.errno, str(error)) == (ERESTARTSYS, "ERESTARTSYS (-512)")
    assert 15_000_000_000 <= waited <= 15_640_000_000
    assert rig.log()[-1] == f"{DEVICE}timeout waiting for a tx buffer"
    assert rig.tx.avail_flags == 1


def test_buffer_without_interrupt_is_found_when_the_time_is_up(rig: Rig) -> None:
    for _ in range(4):
        rig.call(ept(rig).send(b"x"))
    task = rig.start(ept_send(rig, b"late"))
    rig.settle()
    rig.tx.give(3, 512)
    rig.settle(14_000_000_000)
    assert not task.exited
    rig.settle(2_000_000_000)
    assert task.exited
    assert rig.sent()[-1] == (0x400, 30, b"late")


def test_signal_makes_the_sender_try_again_at_once(rig: Rig) -> None:
    """A busy loop that toggles avail.flags until a buffer comes; no time limit."""
    for _ in range(4):
        rig.call(ept(rig).send(b"x"))
    task = rig.start(ept_send(rig, b"late"))
    rig.settle()
    rig.machine.recording = True
    rig.kernel.send_signal(task)
    rig.raise_interrupt()
    rig.settle()
    flags = [a[3] for a in rig.machine.accesses if a[1:3] == ("store2", RING1 + 0x40)]
    assert len(flags) > 10
    assert flags[:4] == [1, 0, 1, 0]
    rig.machine.recording = False
    rig.tx.give(0, 512)
    rig.machine.run(lambda: task.exited)
    assert rig.sent()[-1] == (0x400, 30, b"late")


def test_tx_ring_smaller_than_its_half_of_the_pool() -> None:
    """add_outbuf fails with ENOSPC after a forced kick, and the buffer is lost."""
    rig = Rig(drivers=(Raw(),), tx_num=2)
    rig.announce(b"raw", 30)
    for _ in range(2):
        rig.call(ept(rig).send(b"x"))
    rig.tx.suppress()
    kicks = len(rig.transport.kicks)
    error = error_of(rig, ept(rig).send(b"x"))
    assert str(error) == "ENOSPC (-28)"
    assert rig.log()[-1] == f"{DEVICE}virtqueue_add_outbuf failed: -28"
    assert rig.transport.kicks[kicks:] == [1]


def test_broken_ring_refuses_to_send(rig: Rig) -> None:
    for _ in range(4):
        rig.call(ept(rig).send(b"x"))
    rig.tx.give(9, 512)
    assert str(error_of(rig, ept(rig).trysend(b"x"))) == "ENOMEM (-12)"
    assert rig.log()[-1] == "virtio_rpmsg_bus virtio0: output:id 9 out of range"


def test_blocking_send_in_a_callback_lets_tx_completion_through(rig: Rig) -> None:
    """rx stalls, but another worker runs the tx work that wakes the sender."""

    async def echo(rpdev: Any, data: bytes, src: int) -> None:
        await ept(rig).send(data)

    ept(rig).callback = echo
    for _ in range(4):
        rig.call(ept(rig).send(b"x"))
    rig.deliver(0x400, b"echo me", interrupt=False)
    rig.raise_interrupt(0)
    rig.settle()
    assert rig.tx.avail_idx == 4
    rig.tx.give(0, 512)
    rig.interrupt(1)
    rig.settle()
    assert rig.sent()[-1] == (0x400, 30, b"echo me")
