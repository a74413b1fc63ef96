# SPDX-License-Identifier: Apache-2.0
"""The referee of a run: takes the records as they come, judges at the end."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

from sim.boards.model import Board
from sim.referee.referee import Referee
from sim.referee.stream import RecordStream
from sim.referee.summary import summary


class LiveReferee:
    """The referee of a run on `board`; `take` is given the record stream in pieces of any size.

    `meant` are the rules that the run breaks on purpose, as one in which a side dies: these do not
    fail it.
    """

    def __init__(self, board: Board, meant: Set[str] = frozenset()) -> None:
        self._meant = meant
        self._referee = Referee.of_board(board)
        self._clock_ns = 1_000_000_000 // board.clock_hz
        self.take = RecordStream(self._referee, self._clock_ns).take

    def finish(self, cycle: int | None) -> None:
        """End the run at that clock, None for the last one seen: what is late by then is noted."""
        self._referee.finish(None if cycle is None else cycle * self._clock_ns)

    def verdict(self) -> tuple[bool, str]:
        """Return whether no rule fired that fails a run, and what was seen."""
        failing = self._referee.report.failing
        passed = failing <= self._meant
        on_purpose = ", as this scenario means to" if failing and passed else ""
        return passed, summary(self._referee) + on_purpose

    def violations(self) -> list[dict[str, Any]]:
        """Return what was found, in the order of time, as it stands in a result file."""
        found = sorted(self._referee.report.violations, key=lambda item: item.time_ns)
        return [item.as_dict() for item in found]
