# SPDX-License-Identifier: Apache-2.0
"""The traffic: the mix it claims to be, data that is really compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_bus import PlainBus, run

from sim.bench.traffic import (
    ACCESSES,
    LOAD,
    MEMORY,
    MIN_ROUNDS,
    READ,
    STORE,
    WARM_UP,
    WRITE,
    IdleSpan,
    WrongData,
    fingerprint,
    memory_areas,
    ring,
    slot,
)


def test_a_round_trip_is_47_accesses_a_side():
    """25 reads, 18 writes, two bursts of 16 bytes and two of the payload on each side."""
    _, bus = run((128,))
    rounds = WARM_UP + MIN_ROUNDS
    set_up = {(0, STORE, 4): 1}
    for side in range(2):
        assert bus.counts[side, LOAD, 4] == 25 * rounds
        assert bus.counts[side, STORE, 4] == 18 * rounds + set_up.get((side, STORE, 4), 0)
        for kind in (READ, WRITE):
            assert bus.counts[side, kind, 16] == rounds
            # Reading the ring area of 128 bytes is part of the fingerprint.
            assert bus.counts[side, kind, 128] == rounds + (side == 0 and kind == READ)


def test_timings_count_rounds_clocks_and_transactions():
    """A timing covers its round trips and nothing else; idle clocks stand apart."""
    prepared = []
    initiator, _ = run((16, 496), idle=[IdleSpan("idle", 1234, lambda: prepared.append("idle"))])
    *echoes, idle = initiator.timings
    assert [(timing.payload, timing.rounds) for timing in echoes] == [(16, 4), (496, 4)]
    assert all(timing.transactions == ACCESSES * timing.rounds for timing in echoes)
    assert all(timing.wall_ns == 1000 for timing in echoes)
    assert (idle.name, idle.rounds, idle.clocks, idle.transactions) == ("idle", 0, 1234, 0)
    assert prepared == ["idle"]


def test_rounds_fill_the_budget():
    """The warm-up (2 round trips in 1 µs here) says how many round trips the budget holds."""
    initiator, _ = run((16,), budget_ns=50_000)
    assert initiator.timings[0].rounds == 100


def test_fingerprint_is_of_the_memory_after_the_warm_up():
    """The bytes hashed are those of the rings and both buffers, whatever the budget was."""
    initiator, _ = run((16, 496), budget_ns=50_000)
    other, _ = run((16, 496))
    assert initiator.fingerprint == other.fingerprint
    assert initiator.fingerprint != run((16, 488))[0].fingerprint
    assert list(memory_areas(496)) == [(ring(0), 128), (slot(0), 512), (slot(1), 512)]


def test_fnv_1a_reference_values():
    """FNV-1a, 64 bits: offset basis for no data, the published value for "a" and "foobar"."""
    assert fingerprint(b"") == 0xCBF29CE484222325
    assert fingerprint(b"a") == 0xAF63DC4C8601EC8C
    assert fingerprint(b"foobar") == 0x85944171F73967E8
    assert fingerprint(b"bar", fingerprint(b"foo")) == fingerprint(b"foobar")


@given(st.integers(1, 600))
def test_any_payload_comes_back(payload):
    """Payloads need not be multiples of a beat."""
    initiator, _ = run((payload,))
    assert initiator.timings[0].rounds == MIN_ROUNDS


def test_the_largest_payload_does_not_fit_the_length_field():
    """64 KiB has length 0 in the header, which the responder takes for 64 KiB."""
    _, bus = run((0x1_0000,))
    assert bus.counts[1, READ, 0x1_0000] == WARM_UP + MIN_ROUNDS


class BadMemory(PlainBus):
    """Flips a bit of one word at the n-th store to it."""

    def __init__(self, address, length, after):
        super().__init__()
        self._bad = (address, length)
        self._after = after

    def _serve(self, side, request):
        reply = super()._serve(side, request)
        if request[0] in (STORE, WRITE) and request[1] == self._bad[0]:
            self._after -= 1
            if self._after == 0:
                self.memory[request[1] - MEMORY] ^= 1
        return reply


@pytest.mark.parametrize(
    ("address", "after", "message"),
    [
        (ring(0) + 4, 2, "round trip 2: ring 0, word 1: expected 33, found 32"),
        (ring(1) + 36, 1, "round trip 2: ring 1, word 9: expected 25, found 24"),
        (slot(0), 3, "round trip 2: header: expected (1024, 2), found (1025, 2)"),
    ],
)
def test_wrong_data_is_noticed(address, after, message):
    """A flipped bit ends the measurement with what was expected and found."""
    with pytest.raises(WrongData) as caught:
        run((16,), BadMemory(address, 4, after))
    assert str(caught.value) == message


def test_a_wrong_payload_is_noticed():
    """The payload that comes back is compared byte by byte."""
    with pytest.raises(WrongData) as caught:
        run((16,), BadMemory(slot(1) + 16, 16, 2))
    assert str(caught.value) == "round trip 2: payload, byte 0: expected 14, found 15"
