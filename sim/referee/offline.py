# SPDX-License-Identifier: Apache-2.0
"""The referee over a record stream that was kept."""

from __future__ import annotations

from sim.boards.model import Board
from sim.errors import AmpsimError
from sim.record_file import RecordFile
from sim.records import Kind, pack_record
from sim.referee.referee import Referee
from sim.referee.stream import RecordStream

_AT_ONCE = 4096
"""Records that the referee is handed together."""


def check_stream(stream: RecordFile, board: Board) -> Referee:
    """Return the referee of `board` after all records of a file.

    AmpsimError with one line when nothing of it can be read or it is of another board.
    """
    referee = Referee.of_board(board)
    take = RecordStream(referee, stream.header.clock_ns).take
    harts = len(board.harts)
    now = 0
    packed: list[bytes] = []
    for record in stream:
        if record.kind <= Kind.REGISTER_WRITE and record.hart >= harts:
            expected = f"a hart below {harts} ({board.name})"
            raise AmpsimError(f"{stream.path}: expected {expected}, found hart {record.hart}")
        now = record.cycle
        packed.append(pack_record(record))
        if len(packed) == _AT_ONCE:
            take(b"".join(packed))
            packed.clear()
    take(b"".join(packed))
    referee.finish(now * stream.header.clock_ns)
    return referee
