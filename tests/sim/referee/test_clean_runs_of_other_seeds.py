# SPDX-License-Identifier: Apache-2.0
"""The referee has nothing to say of what the scenarios do, whatever their seed."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.runs import launch
from sim.runs.prepare import prepare_run

SCENARIOS = [
    ("visionfive2", "echo", 8),
    ("v821", "echo", 8),
    ("v821", "rpbuf", 11),
    ("v821", "lifecycle", 1),
]


@pytest.mark.parametrize("seed", [2, 3])
@pytest.mark.parametrize(("board", "scenario", "count"), SCENARIOS)
def test_a_clean_run_breaks_no_rule(
    board: str, scenario: str, count: int, seed: int, tmp_path: Path
) -> None:
    """No violation, not even a warning, and there was something to judge."""
    config = prepare_run(
        scenario, board, "verilator", tmp_path, count=count, seed=seed, referee=True
    )
    result = launch.run(config, tmp_path)
    assert result["passed"], result["checks"]
    assert result["violations"] == []
    assert int(result["checks"]["referee"]["reason"].split()[0]) > count
