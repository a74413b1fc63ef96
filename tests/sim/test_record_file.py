# SPDX-License-Identifier: Apache-2.0
"""Records to bytes and back, and what is left of a stream that is cut, foreign or old."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.event_log import EventLog
from sim.record_file import HEADER, MAGIC, VERSION, RecordFile, StreamHeader
from sim.records import (
    INLINE,
    OBSERVED,
    WITH_PAYLOAD,
    Kind,
    Record,
    RecordError,
    cut_records,
    pack_record,
    read_records,
)

U8, U32, U64 = (st.integers(0, (1 << bits) - 1) for bits in (8, 32, 64))
BOARD = StreamHeader("visionfive2", 10)


@st.composite
def records(draw: st.DrawFn) -> Record:
    """Any record that the core port may write."""
    kind = draw(st.sampled_from(Kind))
    length, payload = draw(U32), b""
    if kind in WITH_PAYLOAD or kind in OBSERVED:
        payload = draw(st.binary(max_size=40))
        length = len(payload)
        if kind in OBSERVED and length <= INLINE:
            payload = b""
    fields = (draw(U64), draw(U32), kind, draw(U8), draw(U8), draw(U8), draw(U32), length)
    return Record(*fields, draw(U64), payload)


STREAMS = st.lists(records(), max_size=12)


def test_kinds_with_data_say_how_much() -> None:
    short = Record(5, 1, Kind.MEMORY_WRITE, 0, 0, 4, 0x1000, 3, 0x332211)
    assert short.data == b"\x11\x22\x33"
    long = short._replace(length=9, value=0, payload=b"123456789")
    assert long.data == b"123456789"
    assert len(pack_record(short)) == 32 and len(pack_record(long)) == 48


@given(STREAMS)
def test_records_come_back_as_they_were(stream: list[Record]) -> None:
    assert list(read_records(b"".join(map(pack_record, stream)))) == stream


@given(STREAMS, st.lists(st.integers(1, 90), min_size=1, max_size=9))
def test_pieces_do_not_matter(stream: list[Record], sizes: list[int]) -> None:
    data = b"".join(map(pack_record, stream))
    pieces, at = [], 0
    while at < len(data):
        pieces.append(data[at : at + sizes[len(pieces) % len(sizes)]])
        at += len(pieces[-1])
    assert list(cut_records(pieces)) == stream


@given(st.lists(records(), min_size=1, max_size=12), st.data())
def test_a_cut_stream_is_read_up_to_the_cut(stream: list[Record], data: st.DataObject) -> None:
    """Whole records before the cut are there; a cut inside of one is told."""
    packed = [pack_record(record) for record in stream]
    cut = data.draw(st.integers(HEADER.size, HEADER.size + sum(map(len, packed))))
    ends = [HEADER.size]
    for piece in packed:
        ends.append(ends[-1] + len(piece))
    whole = sum(end <= cut for end in ends) - 1
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "records.bin")
        path.write_bytes((BOARD.pack() + b"".join(packed))[:cut])
        found = RecordFile(path)
        if cut not in ends and not whole:
            with pytest.raises(RecordError):
                list(found)
        else:
            assert list(found) == stream[:whole]
        assert found.header == BOARD
        assert (found.cut != "") == (cut not in ends)
        if found.cut:
            assert found.cut.startswith(f"{path}: ") and "and the end" in found.cut


@given(st.binary(max_size=400))
def test_any_bytes_give_records_or_one_line(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "records.bin")
        path.write_bytes(BOARD.pack() + data)
        try:
            list(RecordFile(path))
        except RecordError as error:
            assert str(error).startswith(f"{path}: ") and "\n" not in str(error)


REFUSED = {
    b"": f"expected a record stream, which begins with 0x{MAGIC.hex()}, found an empty file",
    b"\x7fELF\2\1\1\0\0\0": f"expected a record stream, which begins with 0x{MAGIC.hex()}, "
    "found 0x7f454c4602010100",
    MAGIC + b"\3\0" + bytes(54): f"expected a record stream of version {VERSION}, found 3",
    MAGIC + b"\2\0" + bytes(3): "header: expected 64 bytes, found 13 and the end",
    MAGIC[:5]: "header: expected 64 bytes, found 5 and the end",
    MAGIC + b"\2\0" + bytes(54): "header: expected 64 bytes and a clock period, found 0 and 0 ns",
    BOARD.pack() + b"\0" * 8 + b"\0" * 4 + b"\x63" + bytes(19): "record at byte 64: "
    "no record has kind 99",
    BOARD.pack() + bytes(31): "record at byte 64: expected 32 bytes, found 31 and the end",
}


@pytest.mark.parametrize("content", REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_read_is_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "records.bin"
    path.write_bytes(content)
    with pytest.raises(RecordError) as raised:
        list(RecordFile(path))
    assert str(raised.value) == f"{path}: {REFUSED[content]}"


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(RecordError) as raised:
        RecordFile(tmp_path / "none")
    expected = "expected a record stream, found No such file or directory"
    assert str(raised.value) == f"{tmp_path / 'none'}: {expected}"


def test_the_hash_is_over_the_records_alone(tmp_path: Path) -> None:
    record = pack_record(Record(1, 1, Kind.LOAD, 0, 0, 4, 0x1000, 4, 0))
    kept, plain = EventLog(tmp_path / "records.bin", BOARD), EventLog()
    for log in (kept, plain):
        log.take(memoryview(record))
    assert kept.close() == plain.close()
    assert (tmp_path / "records.bin").read_bytes() == BOARD.pack() + record
