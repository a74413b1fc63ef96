# SPDX-License-Identifier: Apache-2.0
"""The lanes of a run's waveform, made from its records while the simulator writes the waveform."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.runs.config import RunConfig
from sim.runs.pipes import Taker
from sim.runs.waves import CLOCK_0_NS, Waves, Window

if TYPE_CHECKING:
    from sim.viewers.recorded_lanes import RecordedLanes


class LanesOfRun:
    """Called when the simulator has been started, it returns what takes the records.

    As a context it keeps Python's garbage collector off: of the lanes nothing is part of a cycle.
    """

    def __init__(self, config: RunConfig, window: Window) -> None:
        self.made: RecordedLanes | None = None
        self._config = config
        self._window = window
        self._collects = True

    @classmethod
    def of(cls, config: RunConfig, waves: Waves | None) -> LanesOfRun | None:
        """Return what makes the lanes of a run; None without a waveform, or where nobody reads its
        records."""
        if waves is None or not config.referee:
            return None
        return cls(config, waves.window)

    def __call__(self) -> Taker:
        """Begin."""
        from sim.linux_peer.board import host_board
        from sim.viewers.recorded_lanes import RecordedLanes

        config = self._config
        board = host_board(config.board, config.host, config.ring)
        self.made = RecordedLanes(board, self._window)
        return self.made.take

    @property
    def too_many(self) -> bool:
        """Tell whether the run was too long to make lanes of."""
        return self.made is not None and self.made.too_many

    def __enter__(self) -> None:
        self._collects = gc.isenabled()
        gc.disable()

    def __exit__(self, *_: object) -> None:
        if self._collects:
            gc.enable()


def viewers_files(wave: Path, outcome: dict[str, Any], lanes: LanesOfRun | None) -> dict[str, Path]:
    """Make a waveform one for people, decoding it if there are no ``lanes``, where it can be.

    Returns the viewers' files by their names in a result. ``outcome`` is the run's result.
    AmpsimError with one line when that cannot be done.
    """
    from sim.linux_peer.board import board_of_run
    from sim.viewers import prepare_recorded, prepare_undecoded, prepare_waveform

    if lanes is None or lanes.made is None:
        board = board_of_run(wave)
        if board is not None and board.real_linux:
            return prepare_undecoded(wave, board)
        return prepare_waveform(wave).files
    from sim.viewers.markers import Flaw

    flaws = [Flaw.of_result(item, CLOCK_0_NS) for item in outcome["violations"] or ()]
    return prepare_recorded(wave, lanes.made, flaws)
