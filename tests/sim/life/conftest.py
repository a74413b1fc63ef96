# SPDX-License-Identifier: Apache-2.0
"""One recorded echo run a board, shared by the tests of this folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from sim.life import Life, read_life
from sim.runs import launch
from sim.runs.prepare import prepare_run

COUNT = 200


class Recorded(NamedTuple):
    directory: Path
    result: dict[str, Any]
    life: Life


@pytest.fixture(scope="session", params=["visionfive2", "v821"])
def recorded(request, tmp_path_factory) -> Recorded:
    directory = tmp_path_factory.mktemp(request.param)
    config = prepare_run(
        "echo", request.param, "verilator", directory, seed=1, count=COUNT, record=True
    )
    launch.run(config, directory)
    result = json.loads((directory / "result.json").read_text())
    return Recorded(directory, result, read_life(directory))
