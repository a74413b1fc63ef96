# SPDX-License-Identifier: Apache-2.0
"""The referee's own layout of a ring, against figures of other implementations."""

from __future__ import annotations

import pytest

from sim.referee.ring_layout import Field, RingShape

# num, align, avail, used_event, used, avail_event, bytes (Linux include/uapi/linux/virtio_ring.h).
LINUX = [
    (2, 16, 0x20, 0x28, 0x30, 0x44, 70),
    (16, 16, 0x100, 0x124, 0x130, 0x1B4, 438),
    (256, 16, 0x1000, 0x1204, 0x1210, 0x1A14, 6678),
    (4, 4096, 0x40, 0x4C, 0x1000, 0x1024, 4134),
    (512, 4096, 0x2000, 0x2404, 0x3000, 0x4004, 16390),
    (8, 4, 0x80, 0x94, 0x98, 0xDC, 222),
]


@pytest.mark.parametrize(
    ("num", "align", "avail", "used_event", "used", "avail_event", "size"), LINUX
)
def test_the_layout_of_linux(num, align, avail, used_event, used, avail_event, size) -> None:
    """Offsets of all parts."""
    shape = RingShape(0, num, align)
    fields = shape.fields()
    assert (shape.avail, shape.used, shape.end) == (avail, used, size)
    assert fields[used_event][0] == Field.USED_EVENT
    assert fields[avail_event][0] == Field.AVAIL_EVENT


@pytest.mark.parametrize(
    ("num", "avail", "used", "stride"), [(2, 0x40, 0x80, 0xC0), (256, 0x1000, 0x1240, 0x1A80)]
)
def test_the_layout_of_starfive(num: int, avail: int, used: int, stride: int) -> None:
    """The available ring is aligned as well."""
    shape = RingShape(0x6E410000, num, 64, True)
    parts = (shape.avail - shape.base, shape.used - shape.base, shape.stride)
    assert parts == (avail, used, stride)


@pytest.mark.parametrize("num", [1, 2, 128])
def test_fields_do_not_overlap(num: int) -> None:
    """Every byte of a ring belongs to at most one field."""
    covered = [
        at + n for at, (_, _, size) in RingShape(64, num, 64).fields().items() for n in range(size)
    ]
    assert len(covered) == len(set(covered))
    assert len(covered) == 16 * num + 2 * (3 + num) + 6 + 8 * num
