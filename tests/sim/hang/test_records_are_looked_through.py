# SPDX-License-Identifier: Apache-2.0
"""The last records: what is kept of the stream, and what is found in it."""

from __future__ import annotations

from sim.hang.history import History
from sim.hang.tail import CHUNKS, RecordTail
from sim.records import Kind, Record, pack_record

MSIP = 0x2000010


def record(cycle: int, kind: Kind, hart: int = 0, **fields: int | bytes) -> Record:
    values = {"response": 0, "size": 4, "address": 0, "length": 4, "value": 0, "payload": b""}
    return Record(cycle, 1, kind, hart, **{**values, **fields})


RECORDS = [
    record(5, Kind.THREAD, 3, length=4, payload=b"echo"),
    record(10, Kind.REGISTER_WRITE, 0, address=MSIP, value=1),
    record(12, Kind.LINES, 3, value=1),
    record(14, Kind.REGISTER_WRITE, 3, address=MSIP, value=0),
    record(15, Kind.LINES, 3, value=0),
    record(16, Kind.EVENT, 3, address=7, value=1),
    record(20, Kind.THREAD, 3, length=6, payload=b"tidle0"),
    record(30, Kind.MEMORY_READ, 0, address=0x6E400000, length=8, value=2),
]


def test_newest_pieces_are_kept():
    tail = RecordTail()
    for cycle in range(CHUNKS + 3):
        tail.take(memoryview(pack_record(record(cycle, Kind.LINES))))
    assert [item.cycle for item in tail.records()] == list(range(3, CHUNKS + 3))


def test_a_piece_that_begins_inside_a_record_is_left_out():
    tail = RecordTail()
    whole = b"".join(pack_record(item) for item in RECORDS)
    tail.take(memoryview(b"\xff" * 24))
    tail.take(memoryview(whole[:100]))
    tail.take(memoryview(whole[100:]))
    assert tail.records() == RECORDS


def test_what_is_asked_for_is_found():
    history = History(RECORDS, {"msg_recv": 7})
    assert history.last_store(MSIP).cycle == 14
    assert history.last_store(MSIP, 1).cycle == 10
    assert history.last_store(MSIP + 4) is None
    assert history.last_load(0x6E400000).value == 2
    assert history.last_rise(3, 1) == 12 and history.last_rise(3, 2) is None
    assert history.last_event(3, "msg_recv").cycle == 16
    assert history.last_event(3, "msg_send") is None
    assert history.last_of(("msg_recv", "msg_send"), 16)[0] == "msg_recv"
    assert history.last_of(("msg_recv",), 15) is None
    assert [history.thread_at(3, cycle) for cycle in (4, 16, 20)] == ["", "echo", "tidle0"]
    assert history.last_thread(3) == ("tidle0", 20)


def test_what_is_held_is_not_driven_out():
    tail = RecordTail()
    whole = b"".join(pack_record(item) for item in RECORDS)
    tail.take(memoryview(whole))
    tail.hold()
    assert tail.records() == RECORDS
    tail.hold()  # once more changes nothing
    flood = [record(cycle, Kind.LINES) for cycle in range(100, 100 + 2 * CHUNKS)]
    for item in flood:
        tail.take(memoryview(pack_record(item)))
    assert tail.records() == [*RECORDS, *flood[-CHUNKS:]]
    tail.release()
    assert tail.records() == flood[-CHUNKS:]


def test_a_store_of_a_real_kernel_counts_as_one():
    seen = {"length": 2, "payload": b"\x05\x00", "address": 0x50000002}
    records = [record(3, Kind.SEEN, **seen), record(9, Kind.SEEN, value=1, **seen)]
    assert History(records, {}).last_store(0x50000002).cycle == 3
