# SPDX-License-Identifier: Apache-2.0
"""Channels, their queue, tx-done by polling, by the client, by interrupt; blocking sends."""

from __future__ import annotations

import errno
from collections.abc import Awaitable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host_side.kernel.errors import LinuxError
from host_side.kernel.linux import LinuxKernel
from host_side.kernel.requests import SOFT
from host_side.mailbox.framework import MailboxClient, MailboxController, TxDoneBy
from tests.host_side.plain_machine import NODES, PlainMachine, boot, linux_on


class Hardware:
    """A controller's hardware: room for ``room`` words a channel."""

    def __init__(self, room: int = 1) -> None:
        self.room = room
        self.words: list[tuple[int, int]] = []
        self.waiting = 0
        self.polls: list[int] = []
        self.calls: list[tuple[str, int]] = []
        self.refuse_startup = False
        self.now: Any = None

    async def send_data(self, index: int, message: int) -> None:
        if self.waiting == self.room:
            raise LinuxError(errno.EBUSY)
        self.waiting += 1
        self.words.append((index, message))

    async def startup(self, index: int) -> None:
        self.calls.append(("startup", index))
        if self.refuse_startup:
            raise LinuxError(errno.EIO)

    async def shutdown(self, index: int) -> None:
        self.calls.append(("shutdown", index))

    async def last_tx_done(self, index: int) -> bool:
        self.polls.append(self.now())
        return self.waiting < self.room


class Bench:
    """A kernel with one controller of two channels."""

    def __init__(self, room: int = 1, txdone: TxDoneBy = TxDoneBy.POLL) -> None:
        self.machine = PlainMachine((1, 2, 3, 4), (0x6E40_0000, 0x1000))
        self.kernel: LinuxKernel = linux_on(self.machine, nodes=NODES[:1])
        boot(self.machine, self.kernel)
        self.hardware = Hardware(room)
        self.hardware.now = self.kernel.clock.now_ns
        self.controller = MailboxController(
            self.kernel, self.hardware, "box", "test-mailbox box", 2, txdone=txdone
        )
        self.kernel.mailboxes.register(self.controller)
        self.done: list[tuple[int, int]] = []
        self.kernel.log.records.clear()

    def call(self, work: Awaitable[Any], limit_ns: int = 10**10) -> Any:
        outcome: list[Any] = []

        async def body() -> None:
            try:
                outcome.append(await work)
            except LinuxError as error:
                outcome.append(error)

        self.kernel.spawn(body(), "test")
        self.machine.harts[1].lines[0] |= SOFT
        self.machine.run(lambda: outcome, limit_ns)
        return outcome[0]

    def channel(self, index: int = 0, **options: Any) -> Any:
        client = MailboxClient("driver device", None, self._done, **options)
        return self.call(self.kernel.mailboxes.request_channel(client, "box", index))

    def _done(self, message: int, result: int) -> None:
        self.done.append((message, result))

    def log(self) -> list[str]:
        return [record.text for record in self.kernel.log.records]


def test_words_go_out_one_by_one_as_they_are_done() -> None:
    """Polled at once after a submit, then every 5 ms."""
    bench = Bench()
    channel = bench.channel()
    assert [bench.call(channel.send_message(n)) for n in (7, 8, 9)] == [0, 1, 2]
    hardware = bench.hardware
    assert hardware.words == [(0, 7)]
    assert channel.queued == 2
    bench.machine.run_for(12_000_000)
    polls = hardware.polls
    assert polls[1] - polls[0] >= 5_000_000
    assert 5_000_000 <= polls[2] - polls[1] < 5_100_000
    hardware.waiting = 0
    bench.machine.run_for(6_000_000)
    assert hardware.words == [(0, 7), (0, 8)]
    assert bench.done == [(7, 0)]
    hardware.room = 10
    bench.machine.run_for(6_000_000)
    assert bench.done == [(7, 0), (8, 0), (9, 0)]
    assert channel.active is None
    count = len(polls)
    bench.machine.run_for(50_000_000)
    assert len(polls) == count


def test_queue_of_20() -> None:
    """One active and twenty waiting; then ENOBUFS and the kernel's advice."""
    bench = Bench()
    channel = bench.channel()
    slots = [bench.call(channel.send_message(n)) for n in range(21)]
    assert slots == [*range(20), 0]
    full = bench.call(channel.send_message(99))
    assert full.name == "ENOBUFS"
    assert bench.log() == ["test-mailbox box: Try increasing MBOX_TX_QUEUE_LEN"]


def test_word_that_the_hardware_refuses_waits_for_the_next_one() -> None:
    """Nothing is polled when nothing is active."""
    bench = Bench(room=0)
    channel = bench.channel()
    assert bench.call(channel.send_message(1)) == 0
    bench.hardware.room = 5
    bench.machine.run_for(20_000_000)
    assert bench.hardware.words == []
    assert bench.call(channel.send_message(2)) == 1
    bench.machine.run_for(20_000_000)
    assert bench.hardware.words == [(0, 1), (0, 2)]


def test_blocking_send() -> None:
    """Returns when the word is done; ETIME when it is not in time, and the next one goes out."""
    bench = Bench(room=1)
    channel = bench.channel(tx_block=True, tx_tout_ms=20)
    late = bench.call(channel.send_message(5))
    assert late.name == "ETIME"
    assert bench.done == [(5, -62)]
    bench.hardware.waiting, bench.hardware.room = 0, 2
    assert bench.call(channel.send_message(6)) == 1
    assert bench.done == [(5, -62), (6, 0)]


def test_client_that_knows() -> None:
    """knows_txdone: no polling, the client ticks; the wrong side is told so."""
    bench = Bench()
    channel = bench.channel(knows_txdone=True)
    bench.call(channel.send_message(1))
    bench.call(channel.send_message(2))
    bench.machine.run_for(20_000_000)
    assert bench.hardware.polls == []
    bench.hardware.waiting = 0
    bench.call(channel.client_txdone(0))
    assert bench.hardware.words == [(0, 1), (0, 2)]
    bench.call(bench.controller.chan_txdone(0, 0))
    assert bench.log() == ["test-mailbox box: Controller can't run the TX ticker"]


def test_interrupt_that_tells() -> None:
    """txdone by interrupt; a client may not tick then."""
    bench = Bench(txdone=TxDoneBy.IRQ)
    channel = bench.channel()
    bench.call(channel.send_message(1))
    bench.call(bench.controller.chan_txdone(0, 0))
    assert bench.done == [(1, 0)]
    bench.call(channel.client_txdone(0))
    assert bench.log() == ["test-mailbox box: Client can't run the TX ticker"]


def test_requests() -> None:
    """One client a channel; unknown controllers and channels; a startup that fails."""
    bench = Bench()
    mailboxes = bench.kernel.mailboxes
    client = MailboxClient("driver device")
    assert bench.call(mailboxes.request_channel(client, "no", 0)).name == "EPROBE_DEFER"
    assert bench.call(mailboxes.request_channel(client, "box", 2)).name == "EINVAL"
    channel = bench.channel()
    assert bench.call(mailboxes.request_channel(client, "box", 0)).name == "EBUSY"
    bench.call(channel.free())
    assert bench.call(channel.send_message(1)).name == "EINVAL"
    bench.hardware.refuse_startup = True
    assert bench.call(mailboxes.request_channel(client, "box", 1)).name == "EIO"
    assert bench.log() == [
        "driver device: __mbox_bind_client: mailbox not free",
        "driver device: Unable to startup the chan (-5)",
    ]
    assert bench.hardware.calls == [
        ("startup", 0), ("shutdown", 0), ("startup", 1), ("shutdown", 1),
    ]  # fmt: skip


def test_received_words() -> None:
    """Each goes to the callback at once; without a client, or without callback, it is dropped."""
    bench = Bench()
    seen: list[int] = []

    async def callback(message: int) -> None:
        seen.append(message)

    bench.call(bench.controller.received(0, 1))
    bench.channel(1)
    bench.call(bench.controller.received(1, 2))
    client = MailboxClient("driver device", callback)
    bench.call(bench.kernel.mailboxes.request_channel(client, "box", 0))
    bench.call(bench.controller.received(0, 3))
    assert seen == [3]


@settings(max_examples=40)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=40), st.integers(1, 4))
def test_no_word_is_lost_or_overtaken(pauses: list[int], room: int) -> None:
    """Whatever the pace of sender and remote: words arrive in order, those refused were told."""
    bench = Bench(room=room)
    channel = bench.channel()
    accepted: list[int] = []
    for number, pause in enumerate(pauses):
        if not isinstance(bench.call(channel.send_message(number)), LinuxError):
            accepted.append(number)
        bench.machine.run_for(pause * 1_000_000)
        if pause % 2:
            bench.hardware.waiting = max(0, bench.hardware.waiting - 1)
    for _ in range(2 * len(pauses) + 2):
        bench.hardware.waiting = 0
        bench.machine.run_for(6_000_000)
    assert [word for _, word in bench.hardware.words] == accepted
    assert [word for word, _ in bench.done] == accepted


@pytest.mark.parametrize("count", [1, 3])
def test_timer_callbacks_of_the_kernel(count: int) -> None:
    """start_hrtimer(): in the timer interrupt, not early, in order of time."""
    bench = Bench()
    seen: list[int] = []

    def expire(number: int) -> Any:
        async def callback() -> None:
            assert bench.kernel.scheduler.in_interrupt
            seen.append(number)

        return callback

    begin = bench.kernel.clock.now_ns()
    for number in range(count):
        bench.call(bench.kernel.start_hrtimer(3_000_000 - 1_000_000 * number, expire(number)))
    bench.machine.run(lambda: len(seen) == count)
    assert seen == list(reversed(range(count)))
    assert bench.kernel.clock.now_ns() - begin >= 3_000_000 - 0
