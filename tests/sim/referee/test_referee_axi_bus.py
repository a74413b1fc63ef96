# SPDX-License-Identifier: Apache-2.0
"""Handshakes of AXI channels become accesses: strobes, narrow beats, IDs, early data, bursts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sim.referee.axi_bus import AxiBusWatcher, Burst, Transfer


class Bus(AxiBusWatcher):
    """A bus of 8 bytes that keeps what it has seen."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, bool, int, bytes, int]] = []
        super().__init__(8, lambda *access: self.seen.append(access))


def transfer(address: int, beats: int = 1, size: int = 8, **how: int) -> Transfer:
    """An address handshake."""
    return Transfer(how.get("axi_id", 0), address, beats, size, how.get("burst", Burst.INCR))


def test_strobes_cut_a_write_into_runs() -> None:
    """Two runs in one beat; the next beat goes on where the second ended."""
    bus = Bus()
    bus.write_address(transfer(0x1000, 2))
    bus.write_data(0x8877665544332211, 0b11100110, False)
    bus.write_data(0xFFEEDDCCBBAA9988, 0b00000001, True)
    assert bus.seen == []
    bus.write_response(0, 0)
    assert bus.seen == [
        (0, True, 0x1001, b"\x22\x33", 0),
        (0, True, 0x1005, b"\x66\x77\x88\x88", 0),
    ]


def test_data_may_come_before_its_address() -> None:
    """Two writes, all data first."""
    bus = Bus()
    bus.write_data(1, 0xFF, True)
    bus.write_data(2, 0xFF, True)
    bus.write_address(transfer(0x10, axi_id=1))
    bus.write_address(transfer(0x20, axi_id=2))
    bus.write_response(2, 0)
    bus.write_response(1, 2)
    assert [(who, at, data[0], bad) for who, _, at, data, bad in bus.seen] == [
        (2, 0x20, 2, 0),
        (1, 0x10, 1, 2),
    ]


def test_reads_of_two_masters_may_mix() -> None:
    """Beats belong to the oldest read of their ID; the worst response of a burst counts."""
    bus = Bus()
    bus.read_address(transfer(0x100, 2, axi_id=1))
    bus.read_address(transfer(0x204, 1, 4, axi_id=2))
    bus.read_data(1, 0x11, 2, False)
    bus.read_data(2, 0xAABBCCDD00000000, 0, True)
    bus.read_data(1, 0x22, 0, True)
    assert bus.seen == [
        (2, False, 0x204, b"\xdd\xcc\xbb\xaa", 0),
        (1, False, 0x100, bytes([0x11, *bytes(7), 0x22, *bytes(7)]), 2),
    ]


def test_a_wrapping_burst_comes_round() -> None:
    """Four beats of 8 bytes from the third of their 32."""
    item = transfer(0x1010, 4, burst=Burst.WRAP)
    addresses = []
    for item.done in range(4):
        addresses.append(item.beat_address())
    assert addresses == [0x1010, 0x1018, 0x1000, 0x1008]


def test_a_reset_forgets_what_was_under_way() -> None:
    """And what comes of it later is no access."""
    bus = Bus()
    bus.read_address(transfer(0))
    bus.write_address(transfer(0))
    bus.write_data(0, 0xFF, True)
    bus.reset()
    bus.read_data(0, 0, 0, True)
    bus.write_response(0, 0)
    assert bus.seen == []


@given(st.integers(0, 64), st.sampled_from((1, 2, 4, 8)), st.integers(1, 16))
def test_an_incrementing_read_has_the_memorys_bytes(offset: int, size: int, beats: int) -> None:
    """Any start and any size of beats: from the start to the end of the last beat."""
    memory = bytes(range(256))
    bus, item = Bus(), transfer(offset, beats, size)
    bus.read_address(item)
    for beat in range(beats):
        base = item.beat_address() // 8 * 8
        data = int.from_bytes(memory[base : base + 8], "little")
        bus.read_data(0, data, 0, beat == beats - 1)
    end = offset // size * size + beats * size
    assert bus.seen == [(0, False, offset, memory[offset:end], 0)]
