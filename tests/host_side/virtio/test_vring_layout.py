# SPDX-License-Identifier: Apache-2.0
"""Addresses of a vring's parts, from the table of facts 1.2 and StarFive's variant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host_side.virtio.layout import need_event, vring_layout, vring_size

TABLE = (
    (2, 16, 0x20, 0x28, 0x30, 0x44, 70),
    (4, 16, 0x40, 0x4C, 0x50, 0x74, 118),
    (8, 16, 0x80, 0x94, 0xA0, 0xE4, 230),
    (16, 16, 0x100, 0x124, 0x130, 0x1B4, 438),
    (256, 16, 0x1000, 0x1204, 0x1210, 0x1A14, 6678),
    (4, 4096, 0x40, 0x4C, 0x1000, 0x1024, 4134),
    (256, 4096, 0x1000, 0x1204, 0x2000, 0x2804, 10246),
    (512, 4096, 0x2000, 0x2404, 0x3000, 0x4004, 16390),
    (8, 4, 0x80, 0x94, 0x98, 0xDC, 222),
)


@pytest.mark.parametrize(("num", "align", "avail", "used_event", "used", "event", "size"), TABLE)
def test_standard_layout(
    num: int, align: int, avail: int, used_event: int, used: int, event: int, size: int
) -> None:
    ring = vring_layout(num, align)
    assert ring[:7] == (num, 0, avail, used_event, used, event, size)


@pytest.mark.parametrize(
    ("num", "avail", "used", "stride"), [(2, 0x40, 0x80, 0xC0), (256, 0x1000, 0x1240, 0x1A80)]
)
def test_starfive_aligns_the_avail_ring_too(num: int, avail: int, used: int, stride: int) -> None:
    ring = vring_layout(num, 64, 0x6E41_0000, avail_aligned=True)
    found = (ring.avail - ring.desc, ring.used - ring.desc, ring.stride)
    assert found == (avail, used, stride)


def test_alignment_is_of_the_address_not_of_the_offset() -> None:
    assert vring_layout(4, 4096, 0x40000100).used == 0x40001000


@given(st.integers(1, 9).map(lambda n: 1 << n), st.integers(1, 12).map(lambda n: 1 << n))
def test_parts_do_not_overlap(num: int, align: int) -> None:
    ring = vring_layout(num, align, 0x1000 * align)
    assert ring.desc + 16 * num <= ring.avail
    assert ring.avail + 4 + 2 * num == ring.used_event
    assert ring.used_event + 2 <= ring.used
    assert ring.used % align == 0
    assert ring.used + 4 + 8 * num == ring.avail_event
    assert ring.avail_event + 2 - ring.desc == ring.size <= ring.stride


@given(st.integers(0, 0xFFFF), st.integers(0, 0xFFFF), st.integers(0, 0xFFFF))
def test_need_event_is_membership_in_what_was_added(event: int, old: int, added: int) -> None:
    """Notify when the index the device waits for is among those just made available."""
    new = (old + added) & 0xFFFF
    assert need_event(event, new, old) == ((event - old) & 0xFFFF < added)


def test_size_is_that_of_the_layout_at_an_aligned_address() -> None:
    """vring_size() of the header file; an unsigned int, so that 2^31 buffers seem to take none."""
    sizes = {
        (4, 16): 118, (8, 16): 230, (256, 16): 6678, (4, 4096): 4134, (512, 4096): 16390,
        (8, 4): 222,
    }  # fmt: skip
    for (num, align), size in sizes.items():
        assert vring_size(num, align) == size
        assert vring_layout(num, align, 0x4000_0000).size == size
    assert vring_size(1 << 31, 16) < 64
