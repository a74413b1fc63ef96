# SPDX-License-Identifier: Apache-2.0
"""The referee inside a run: takes the records as they come, judges at the end."""

from __future__ import annotations

from typing import Any

from sim.boards.model import Board
from sim.referee.referee import Referee
from sim.referee.stream import RecordStream
from sim.referee.summary import summary


class LiveReferee:
    """The referee of a run on `board`."""

    def __init__(self, board: Board) -> None:
        self._referee = Referee.of_board(board)
        self._clock_ns = 1_000_000_000 // board.clock_hz
        self.take = RecordStream(self._referee, self._clock_ns).take

    def verdict(self, cycle: int) -> tuple[bool, str]:
        """End the run at that clock. -> whether no rule fired that fails it, and what was seen."""
        self._referee.finish(cycle * self._clock_ns)
        return not self._referee.report.failed, summary(self._referee)

    def violations(self) -> list[dict[str, Any]]:
        """Return what was found, as it stands in a result file."""
        return [item.as_dict() for item in self._referee.report.violations]
