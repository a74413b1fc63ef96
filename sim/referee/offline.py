# SPDX-License-Identifier: Apache-2.0
"""The referee over a record stream that was kept."""

from __future__ import annotations

from pathlib import Path

from sim.boards.model import Board
from sim.errors import AmpsimError
from sim.records import RecordError, read_records
from sim.referee.referee import Referee


def check_stream(path: Path, board: Board) -> Referee:
    """Return the referee of `board` after all records of a file.

    AmpsimError with one line when the file cannot be read or is no record stream.
    """
    referee = Referee(board)
    harts = len(board.harts)
    now = 0
    try:
        for record in read_records(path.read_bytes()):
            if record.kind <= 3 and record.hart >= harts:
                expected = f"a hart below {harts} ({board.name})"
                raise AmpsimError(f"{path}: expected {expected}, found hart {record.hart}")
            now = record.cycle
            referee.feed(record)
    except OSError as error:
        raise AmpsimError(f"{path}: {error.strerror}") from None
    except RecordError as error:
        raise AmpsimError(f"{path}: {error}") from None
    referee.finish(now * referee.clock_ns)
    return referee
