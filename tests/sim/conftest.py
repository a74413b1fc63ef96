# SPDX-License-Identifier: Apache-2.0
"""Recorded runs with a waveform, one for the same arguments, shared by tests of several folders."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from sim.decode import Decoded, decode
from sim.runs import launch
from sim.runs.prepare import prepare_run
from sim.runs.waves import Waves

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


@pytest.fixture(scope="session")
def decoded_run(recorded_run: RecordedRun) -> Callable[..., Decoded]:
    """What the waveform of a recorded run shows, decoded once."""
    return cache(
        lambda *arguments, **options: decode(recorded_run(*arguments, **options) / "waves.fst")
    )
