# SPDX-License-Identifier: Apache-2.0
"""Recorded runs with a waveform, one for the same arguments, shared by tests of several folders."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim import launch
from sim.prepare import prepare_run
from sim.waves import Waves

WHOLE = Waves("fst")
RecordedRun = Callable[..., Path]


@pytest.fixture(scope="session")
def recorded_run(tmp_path_factory: pytest.TempPathFactory) -> RecordedRun:
    """Makes the folder of an echo run, once for the same arguments."""
    made: dict[tuple, Path] = {}

    def run(
        board: str,
        simulator: str = "verilator",
        waves: Waves = WHOLE,
        count: int = 5,
        skipping: bool = True,
    ) -> Path:
        key = (board, simulator, waves, count, skipping)
        if key not in made:
            directory = tmp_path_factory.mktemp(f"{board}-{simulator}")
            config = prepare_run(
                "echo", board, simulator, directory, count=count, record=True, skipping=skipping
            )
            assert launch.run(config, directory, waves=waves)["passed"]
            made[key] = directory
        return made[key]

    return run
