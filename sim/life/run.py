# SPDX-License-Identifier: Apache-2.0
"""The life of all messages of a recorded run, from its folder or from its record stream alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sim.boards import Board, load_board
from sim.errors import AmpsimError
from sim.life.activity import HartActivity
from sim.life.follow import KINDS, follow
from sim.life.link import LinkMap, link_map
from sim.life.message import Exchange, Message
from sim.record_file import RecordFile
from sim.records import RecordError
from sim.runs.config import config_beside
from sim.runs.files import RECORDS_FILE


class LifeError(AmpsimError):
    """A folder or a record stream that does not hold a recorded run."""


@dataclass(frozen=True)
class Life:
    """What happened to the messages of a run; times are clocks of ``clock_ns`` each.

    ``cut`` says in a line where the records break off, if they do: the rest is up to there.
    """

    board: Board
    link: LinkMap
    clock_ns: int
    messages: list[Message]
    exchanges: list[Exchange]
    unmatched: dict[str, int]
    activity: list[HartActivity]
    end: int
    cut: str = ""


def read_life(path: Path, board_name: str | None = None) -> Life:
    """Return the life of the messages of a run.

    ``path`` is a run's folder or its records, which name the board unless it is given. A stream may
    break off anywhere, as that of a run that broke down. LifeError says what is missing or broken
    where nothing can be read, or where a real kernel ran: it does not say when it sends and takes.
    """
    records = path / RECORDS_FILE if path.is_dir() else path
    _check_host(records)
    try:
        stream = RecordFile(records, KINDS)
        board = load_board(board_name or stream.header.board)
        link = link_map(board)
        found = follow(stream, link, len(board.harts))
    except RecordError as error:
        hint = "" if records.exists() else " (ampsim run --record keeps it)"
        raise LifeError(f"{error}{hint}") from None
    except (KeyError, IndexError):
        expected = "expected harts and events of the board, found others: not of this board"
        raise LifeError(f"{records}: {expected}") from None
    return Life(
        board,
        link,
        stream.header.clock_ns,
        found.messages,
        found.exchanges,
        found.unmatched,
        found.activity,
        found.end,
        stream.cut,
    )


def _check_host(records: Path) -> None:
    """Refuse the records of a run whose Linux is a real kernel, if they lie in its folder."""
    config = config_beside(records)
    if config is not None and config.host != "model":
        raise LifeError(
            f"{records}: expected steps of messages from both sides, found a real kernel on one, "
            "which tells none (ampsim check follows its rings)"
        )
