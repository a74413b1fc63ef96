# SPDX-License-Identifier: Apache-2.0
"""A simulation that runs a case of a test's own module, which leaves what it found in a file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from sim.boards import load_board
from sim.build.design import soc_design
from sim.build.simulators import build_simulation, start_simulation
from sim.runs.process import end_session


def simulate(
    board: str,
    simulator: str,
    module: Path,
    directory: Path,
    environment: dict[str, str],
    *,
    kind: str | None = None,
    port: str = "extension",
    **options: Any,
) -> Any:
    """Run ``module`` in a simulation of a board's SoC; what it wrote to the file RESULT.

    ``kind`` is that of the waveform; ``options`` are those of
    :func:`sim.build.simulators.start_simulation`.
    """
    build = build_simulation(soc_design(load_board(board)), simulator, kind, port=port)
    directory.mkdir()
    result = directory / "result.json"
    sys.path.insert(0, str(module.parent))
    try:
        process = start_simulation(
            simulator,
            build,
            test_module=module.stem,
            directory=directory,
            seed=1,
            port=port,
            environment={**environment, "RESULT": str(result)},
            **options,
        )
        process.wait()
        end_session(process)
    finally:
        sys.path.pop(0)
    assert result.exists(), (directory / "simulator.log").read_text()[-3000:]
    return json.loads(result.read_text())
