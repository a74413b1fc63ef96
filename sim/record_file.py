# SPDX-License-Identifier: Apache-2.0
"""A record stream in a file: its header, and all records up to where the file breaks off."""

from __future__ import annotations

import struct
from collections.abc import Container, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from sim.records import ALL_KINDS, Record, RecordError, cut_records

MAGIC = b"\x89AMPREC\n"
"""First bytes; the high bit and the line feed do not survive a transfer as text."""
VERSION = 2
"""Of the layout; 1 was a stream without a header, from the harts alone."""
HEADER = struct.Struct("<8sHHI40s8x")
"""Magic, version, bytes of the header, clock period in ns, board name padded with zeros."""
_PIECE = 1 << 20


class StreamHeader(NamedTuple):
    """What a stream says about its run: the board, and the period of the records' clock in ns."""

    board: str
    clock_ns: int

    def pack(self) -> bytes:
        """Return the bytes of the header."""
        return HEADER.pack(MAGIC, VERSION, HEADER.size, self.clock_ns, self.board.encode())


class RecordFile:
    """The record stream in the file at ``path``: iterate over its records, as often as need be.

    Only those of ``kinds`` are given.

    A stream that breaks off is read up to there, and ``cut`` then says in a line where and how.
    RecordError, a line that begins with the path, where nothing of it can be read: no such file, no
    record stream, another version, a cut before the end of the first record.
    """

    def __init__(self, path: Path, kinds: Container[int] = ALL_KINDS) -> None:
        self.path = path
        self.kinds = kinds
        self.cut = ""
        try:
            with path.open("rb") as file:
                self.header = _header(file.read(HEADER.size))
        except OSError as error:
            raise RecordError(f"{path}: expected a record stream, found {error.strerror}") from None
        except RecordError as error:
            raise RecordError(f"{path}: {error}") from None

    def __iter__(self) -> Iterator[Record]:
        """Yield the records; sets ``cut`` at the end."""
        self.cut = ""
        count = 0
        with self.path.open("rb") as file:
            file.seek(HEADER.size)
            try:
                for record in cut_records(_pieces(file), HEADER.size, self.kinds):
                    yield record
                    count += 1
            except RecordError as error:
                self.cut = f"{self.path}: {error}"
        if self.cut and not count:
            raise RecordError(self.cut)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


def _header(data: bytes) -> StreamHeader:
    if data[: len(MAGIC)] != MAGIC[: len(data)] or not data:
        found = f"0x{data[: len(MAGIC)].hex()}" if data else "an empty file"
        raise RecordError(
            f"expected a record stream, which begins with 0x{MAGIC.hex()}, found {found}"
        )
    if len(data) >= len(MAGIC) + 2:
        version = int.from_bytes(data[len(MAGIC) : len(MAGIC) + 2], "little")
        if version != VERSION:
            raise RecordError(f"expected a record stream of version {VERSION}, found {version}")
    if len(data) < HEADER.size:
        raise RecordError(f"header: expected {HEADER.size} bytes, found {len(data)} and the end")
    _, _, size, clock_ns, board = HEADER.unpack(data)
    if size != HEADER.size or not clock_ns:
        found = f"{size} and {clock_ns} ns"
        raise RecordError(f"header: expected {HEADER.size} bytes and a clock period, found {found}")
    return StreamHeader(board.rstrip(b"\0").decode("ascii", "replace"), clock_ns)
