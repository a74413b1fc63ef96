# SPDX-License-Identifier: Apache-2.0
"""Rings as bytes: the golden dumps, which are those of the compiled virtio_ring.c of Linux 6.12."""

import struct

from sim.conformance.raw_bytes import POOL, dump, expected
from sim.conformance.ring_map import RingMap
from sim.referee.ring_layout import RingShape

NUM = 4
# Four entries, buffers at 0x40010000: after rpmsg_probe(), and when a message of the remote has
# been taken (its element's length is 512, as rpmsg-lite writes it) and one of 28 bytes was sent.
OFFERED = [
    "rx desc[0]: 00 00 01 40 00 00 00 00 00 02 00 00 02 00 01 00",
    "rx desc[1]: 00 02 01 40 00 00 00 00 00 02 00 00 02 00 02 00",
    "rx desc[2]: 00 04 01 40 00 00 00 00 00 02 00 00 02 00 03 00",
    "rx desc[3]: 00 06 01 40 00 00 00 00 00 02 00 00 02 00 00 00",
    "rx avail: 00 00 04 00 00 00 01 00 02 00 03 00 00 00",
]
AVAIL_OF_SENDER = "tx avail: 01 00 00 00 00 00 00 00 00 00 00 00 00 00"
ANSWERED = {
    "rx desc[0]: 00 00 01 40 00 00 00 00 00 02 00 00 02 00 00 00",
    "rx avail: 00 00 05 00 00 00 01 00 02 00 03 00 01 00",
    "rx used: 00 00 01 00 00 00 00 00 00 02 00 00" + 24 * " 00",
    "tx desc[0]: 00 08 01 40 00 00 00 00 1c 00 00 00 00 00 01 00",
    "tx avail: 01 00 01 00 00 00 00 00 00 00 00 00 00 00",
}


def test_golden_bytes_after_the_probe():
    lines = expected(NUM)
    assert lines[:5] == OFFERED
    assert lines[5] == "rx used:" + 36 * " 00"
    assert lines[6:10] == [f"tx desc[{i}]:" + 16 * " 00" for i in range(NUM)]
    assert lines[10:] == [AVAIL_OF_SENDER, "tx used:" + 36 * " 00"]


def test_golden_bytes_after_the_first_message_each_way():
    before, after = expected(NUM), expected(NUM, returned=1, sent=28)
    changed = {line for line, old in zip(after, before, strict=True) if line != old}
    assert changed == ANSWERED


def test_more_than_one_turn_of_the_ring():
    assert expected(2, returned=3)[:4] == [
        "rx desc[0]: 00 00 01 40 00 00 00 00 00 02 00 00 02 00 00 00",
        "rx desc[1]: 00 02 01 40 00 00 00 00 00 02 00 00 02 00 00 00",
        "rx avail: 00 00 05 00 00 00 01 00 03 00",
        "rx used: 00 00 03 00 00 00 00 00 00 02 00 00 01 00 00 00 00 02 00 00",
    ]


def test_a_dump_has_the_buffers_where_the_golden_one_has_them():
    offset = 0x6000_0000
    shapes = [RingShape(base, 2, 4096) for base in (0x6010_0000, 0x6010_4000)]
    ring_map = RingMap(shapes, offset)
    ring_map.pool = 0x6020_0000
    memory = bytearray(0x8000)
    struct.pack_into("<QIHH", memory, 16, 0x20_0200, 512, 2, 0)
    struct.pack_into("<HH", memory, 32, 0, 7)

    def read(address: int, length: int) -> bytes:
        return bytes(memory[address - 0x6010_0000 :][:length])

    lines = dump(ring_map, read)
    assert lines[0] == "rx desc[0]:" + 16 * " 00"
    assert lines[1] == f"rx desc[1]: {struct.pack('<QIHH', POOL + 512, 512, 2, 0).hex(' ')}"
    assert lines[2] == "rx avail: 00 00 07 00 00 00 00 00 00 00"
    assert [line.split(":")[0] for line in lines[3:]] == [
        "rx used",
        "tx desc[0]",
        "tx desc[1]",
        "tx avail",
        "tx used",
    ]
