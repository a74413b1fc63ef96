# SPDX-License-Identifier: Apache-2.0
"""How the edge-by-edge driver cuts blocks into AXI bursts and beats."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sim.bench.naive_master import BEAT, MAX_BEATS, PAGE, beats_of, bursts


@given(st.integers(0, 3 * PAGE), st.integers(1, 5 * PAGE))
def test_bursts_cover_the_block_and_obey_axi(address, length):
    """In order, without gaps; at most 256 beats; never across a 4 KiB line."""
    at = address
    for start, count in bursts(address, length):
        assert start == at and count > 0
        assert start // PAGE == (start + count - 1) // PAGE
        assert (start + count - 1) // BEAT - start // BEAT < MAX_BEATS
        at += count
    assert at == address + length


@given(st.integers(0, 7), st.binary(min_size=1, max_size=64))
def test_beats_carry_every_byte_in_its_lane(skew, data):
    """Lanes with a strobe are the block, in order; the others are not written."""
    written = {}
    for number, (word, strobe) in enumerate(beats_of(skew, data)):
        for lane in range(BEAT):
            if strobe >> lane & 1:
                written[number * BEAT + lane] = word >> 8 * lane & 0xFF
    assert written == {skew + place: byte for place, byte in enumerate(data)}
