# SPDX-License-Identifier: Apache-2.0
"""The referee of a run: takes the records as they come, judges at the end."""

from __future__ import annotations

from typing import Any

from sim.boards.model import Board
from sim.referee.referee import Referee
from sim.referee.stream import RecordStream
from sim.referee.summary import summary


class LiveReferee:
    """The referee of a run on `board`; `take` is given the record stream in pieces of any size."""

    def __init__(self, board: Board) -> None:
        self._referee = Referee.of_board(board)
        self._clock_ns = 1_000_000_000 // board.clock_hz
        self.take = RecordStream(self._referee, self._clock_ns).take

    def finish(self, cycle: int | None) -> None:
        """End the run at that clock, None for the last one seen: what is late by then is noted."""
        self._referee.finish(None if cycle is None else cycle * self._clock_ns)

    def verdict(self) -> tuple[bool, str]:
        """Return whether no rule fired that fails a run, and what was seen."""
        return not self._referee.report.failed, summary(self._referee)

    def violations(self) -> list[dict[str, Any]]:
        """Return what was found, in the order of time, as it stands in a result file."""
        found = sorted(self._referee.report.violations, key=lambda item: item.time_ns)
        return [item.as_dict() for item in found]
