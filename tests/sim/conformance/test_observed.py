# SPDX-License-Identifier: Apache-2.0
"""What a remote can observe, out of records: rings at other places give the same sights."""

import struct

import pytest

from sim.boards import load_board
from sim.conformance.cut import cut
from sim.conformance.observed import Bytes, Observer, Sight, What
from sim.conformance.ring_map import RingMap
from sim.conformance.steps import GAP_NS, Step
from sim.conformance.views import LINUX_ORDER, groups, program_lines, switches, views
from sim.errors import AmpsimError
from sim.records import Kind, Record
from sim.referee.ring_layout import RingShape

BOARD = load_board("visionfive2")
CLINT = BOARD.compatible("sifive,clint0").region.base
MESSAGE = struct.pack("<IIIHH", 0x400, 0x401, 0, 2, 0) + b"hi"


def stored(address: int, data: bytes, kind: Kind = Kind.SEEN) -> Record:
    """A store of Linux's hart."""
    value = 0 if kind == Kind.SEEN else int.from_bytes(data[:8], "little")
    return Record(0, 0, kind, 1, 0, 0, address, len(data), value, data)


def a_message(base: int, buffers: int, align: int, offset: int) -> list[str]:
    """The sights of a receive buffer offered, a message sent and a kick, for a link lying there."""
    shapes = [RingShape(base, 4, align), RingShape(base + 0x4000, 4, align)]
    observer = Observer(RingMap(shapes, offset), BOARD)
    rx, tx = shapes
    mailbox = BOARD.rpmsg.mailbox.base
    records = [
        stored(rx.base, struct.pack("<QIHH", buffers - offset, 512, 2, 1)),
        stored(rx.avail + 4, bytes(2)),
        stored(rx.avail + 2, b"\1\0"),
        stored(tx.avail, b"\1\0"),
        stored(buffers + 4 * 512, MESSAGE),
        stored(tx.base, struct.pack("<QIHH", buffers + 4 * 512 - offset, 18, 0, 1)),
        stored(tx.avail + 4, bytes(2)),
        stored(tx.avail + 2, b"\1\0"),
        stored(mailbox + 0x40, struct.pack("<I", 1), Kind.MEMORY_WRITE),
        stored(CLINT + 4 * 4, struct.pack("<I", 1), Kind.REGISTER_WRITE),
    ]
    return [sight.text for record in records for sight in observer.take(record, 0)]


def test_a_link_at_another_place_shows_the_same():
    here = a_message(0x6E410000, 0x6E440000, 64, 0)
    there = a_message(0x60001000, 0x60100000, 4096, 0x60000000)
    assert here == there
    assert here == [
        "rx avail[0] = 0, idx 1: rx buffer 0, len 512, flags 2, next 1",
        "tx avail.flags = 1",
        "tx avail[0] = 0, idx 1: tx buffer 0, len 18, flags 0, next 1",
        "0x400 -> 0x401, 2 bytes: 00040000 01040000 00000000 02000000 6869",
        "kick tx",
    ]


def test_a_store_that_changes_nothing_is_not_seen():
    shapes = [RingShape(0x1000, 4, 16), RingShape(0x2000, 4, 16)]
    observer = Observer(RingMap(shapes, 0), BOARD)
    flags = stored(shapes[1].avail, b"\1\0")
    seen = [len(list(observer.take(record, 0))) for record in (flags, flags)]
    assert seen == [1, 0]


def sight(time_ns: int, what: What, text: str, ring: int = 1) -> Sight:
    return Sight(time_ns, what, ring, text)


def test_steps_are_cut_at_rests_and_the_last_takes_the_rest():
    times = (0, 10, GAP_NS + 11, GAP_NS + 20, 4 * GAP_NS)
    steps = [Step("one", ""), Step("two", "")]
    parts = cut((sight(time, What.OFFER, "x") for time in times), steps)
    assert [len(part) for part in parts] == [2, 3]
    with pytest.raises(AmpsimError) as error:
        cut([sight(0, What.OFFER, "x")], steps)
    assert str(error.value) == "expected 2 steps in the records, found 1"


def test_an_order_is_that_of_groups_up_to_a_kick():
    sights = [
        sight(0, What.SUPPRESSION, "tx avail.flags = 0"),
        sight(0, What.OFFER, "b"),
        sight(0, What.OFFER, "c"),
        sight(0, What.LINUX_KICK, "kick tx"),
        sight(0, What.OFFER, "d", 0),
    ]
    expected = ["tx avail.flags = 0, 2 x tx entry, kick tx", "rx entry, no kick"]
    assert groups(sights, What.LINUX_KICK, (What.OFFER, What.SUPPRESSION)) == expected
    assert views(sights, Bytes([], []))[LINUX_ORDER] == expected


def test_flags_in_turn():
    assert switches(["f = 0", "f = 1", "f = 0", "f = 1"]) == [
        "f = 0, then f = 1",
        "f = 1, then f = 0",
    ]


def test_what_programs_print_is_kept_without_times():
    text = (
        "step one\necho 3 of 3 came back, min 1 avg 2 max 3 ns\n"
        "step two\nflood 17 sent, then errno 512 after 15468 ms\n"
        "flood 17 sent, then errno 512 after 14999 ms\n"
    )
    assert program_lines(text, "step") == {
        "one": ["echo 3 of 3 came back"],
        "two": [
            "flood 17 sent, then errno 512 after the time-out of 15 s",
            "flood 17 sent, then errno 512 after 14999 ms",
        ],
    }
