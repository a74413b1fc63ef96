# SPDX-License-Identifier: Apache-2.0
"""The life of all messages of a recorded run, from its folder or from its record stream alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from sim.boards import Board, load_board
from sim.errors import AmpsimError
from sim.life.activity import HartActivity
from sim.life.follow import follow
from sim.life.link import LinkMap, link_map
from sim.life.message import Exchange, Message
from sim.records import RecordError, read_records
from sim.run_files import RECORDS_FILE, RESULT_FILE


class LifeError(AmpsimError):
    """A folder or a record stream that does not hold a recorded run."""


@dataclass(frozen=True)
class Life:
    """What happened to the messages of a run; times are clocks of ``clock_ns`` each."""

    board: Board
    link: LinkMap
    clock_ns: int
    messages: list[Message]
    exchanges: list[Exchange]
    unmatched: dict[str, int]
    activity: list[HartActivity]
    end: int


def read_life(path: Path, board_name: str | None = None, *, whole: bool = True) -> Life:
    """Return the life of the messages of a run.

    ``path`` is a run's folder or its records; the board is looked up in the result file next to
    them unless it is given. LifeError says what is missing or broken; without ``whole`` a stream
    may end anywhere, as that of a run that broke down.
    """
    records = path / RECORDS_FILE if path.is_dir() else path
    board = load_board(board_name or _board_of(records))
    try:
        stream = records.read_bytes()
    except OSError as error:
        hint = " (ampsim run --record keeps it)" if isinstance(error, FileNotFoundError) else ""
        raise LifeError(f"{records}: expected a record stream, {error.strerror}{hint}") from None
    link = link_map(board)
    try:
        found = follow(read_records(stream, whole=whole), link, len(board.harts))
    except (RecordError, KeyError, IndexError) as error:
        raise LifeError(f"{records}: {_reason(error)}") from None
    return Life(
        board,
        link,
        1_000_000_000 // board.clock_hz,
        found.messages,
        found.exchanges,
        found.unmatched,
        found.activity,
        found.end,
    )


def _reason(error: Exception) -> str:
    if isinstance(error, RecordError):
        return str(error)
    return "expected harts and events of the board, found others: not of this board"


def _board_of(records: Path) -> str:
    result = records.parent / RESULT_FILE
    try:
        return str(json.loads(result.read_text())["board"])
    except (OSError, ValueError, KeyError, TypeError):
        raise LifeError(f"{result}: expected a run's result that names the board") from None
