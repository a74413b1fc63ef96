# SPDX-License-Identifier: Apache-2.0
"""The referee over a record stream that was kept."""

from __future__ import annotations

from pathlib import Path

from sim.boards.model import Board
from sim.errors import AmpsimError
from sim.records import Kind, RecordError, read_records
from sim.referee.referee import Referee
from sim.referee.stream import RecordStream


def check_stream(path: Path, board: Board) -> Referee:
    """Return the referee of `board` after all records of a file.

    AmpsimError with one line when the file cannot be read or is no record stream.
    """
    referee = Referee.of_board(board, lines=False)
    clock_ns = 1_000_000_000 // board.clock_hz
    take = RecordStream(referee, clock_ns).take
    harts = len(board.harts)
    now = 0
    try:
        stream = path.read_bytes()
        for record in read_records(stream):
            if record.kind <= Kind.WRITE and record.hart >= harts:
                expected = f"a hart below {harts} ({board.name})"
                raise AmpsimError(f"{path}: expected {expected}, found hart {record.hart}")
            now = record.cycle
    except OSError as error:
        raise AmpsimError(f"{path}: {error.strerror}") from None
    except RecordError as error:
        raise AmpsimError(f"{path}: {error}") from None
    take(stream)
    referee.finish(now * clock_ns)
    return referee
