# SPDX-License-Identifier: Apache-2.0
"""The account of messages across restarts finds every kind of fault, and nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sim.scenarios.ledger import OVERHEAD, MessageLedger


def counts(ledger: MessageLedger) -> tuple[int, int, int, int, int]:
    return ledger.lost, ledger.duplicated, ledger.replayed, ledger.damaged, ledger.cut


def started(seed: int = 1, largest: int = 496) -> MessageLedger:
    ledger = MessageLedger(seed, largest)
    ledger.begin_epoch()
    return ledger


@given(st.integers(0, 1 << 32), st.integers(1, 20))
def test_what_comes_back_unaltered_is_no_fault(seed: int, number: int):
    ledger = started(seed)
    for message in [ledger.make() for _ in range(number)]:
        assert OVERHEAD <= len(message) <= 496
        ledger.take(message)
    ledger.end_epoch(in_traffic=False)
    assert (ledger.sent, ledger.received) == (number, number)
    assert counts(ledger) == (0, 0, 0, 0, 0)


def test_one_that_a_later_message_has_overtaken_was_not_cut_off():
    ledger = started()
    first, _, third, _ = (ledger.make() for _ in range(4))
    ledger.take(third)
    ledger.take(first)
    ledger.end_epoch(in_traffic=True)
    assert counts(ledger) == (1, 0, 0, 0, 1)
    ledger.begin_epoch()
    ledger.make()
    ledger.end_epoch(in_traffic=True)
    assert counts(ledger) == (1, 0, 0, 0, 2)


def test_what_nobody_waits_for_any_more_is_lost():
    ledger = started()
    ledger.make()
    ledger.make()
    ledger.give_up()
    assert (counts(ledger), ledger.under_way) == ((2, 0, 0, 0, 0), 0)


def test_what_does_not_come_back_is_lost_or_cut_off_by_a_crash():
    ledger = started()
    ledger.make()
    ledger.end_epoch(in_traffic=False)
    assert counts(ledger) == (1, 0, 0, 0, 0)
    ledger.begin_epoch()
    ledger.make()
    ledger.end_epoch(in_traffic=True)
    assert counts(ledger) == (1, 0, 0, 0, 1)


def test_what_comes_back_twice_is_doubled():
    ledger = started()
    message = ledger.make()
    ledger.take(message)
    ledger.take(message)
    assert counts(ledger) == (0, 1, 0, 0, 0)


def test_what_comes_back_after_a_restart_is_replayed():
    ledger = started()
    message = ledger.make()
    ledger.end_epoch(in_traffic=True)
    ledger.begin_epoch()
    ledger.make()
    ledger.take(message)
    assert ledger.replayed == 1
    assert ledger.under_way == 1


@given(st.integers(0, 1 << 16), st.integers(1, 255))
def test_any_changed_byte_is_found(place: int, change: int):
    ledger = started()
    message = bytearray(ledger.make())
    message[place % len(message)] ^= change
    ledger.take(bytes(message))
    assert ledger.damaged == 1
    assert ledger.received == 0


@given(st.binary(max_size=600))
def test_anything_else_is_damaged(message: bytes):
    ledger = started()
    ledger.take(message)
    assert (ledger.damaged, ledger.received) == (1, 0)


def test_a_refused_message_was_never_sent():
    ledger = started()
    ledger.make()
    ledger.not_sent()
    ledger.end_epoch(in_traffic=False)
    assert (ledger.sent, counts(ledger)) == (0, (0, 0, 0, 0, 0))
