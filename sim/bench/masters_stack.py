# SPDX-License-Identifier: Apache-2.0
"""A run whose harts are masters of cocotbext-axi: the same software and SoC, cocotb as it comes.

The core cluster of the SoC is exchanged for one with open AXI ports (sim/bench/open_cluster);
build, main program and clock are cocotb's own.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.bench.stock import build_stock, stock_start
from sim.boards import load_board
from sim.build.design import Design, soc_design
from sim.ports import FOLDER_VARIABLE, PORT_VARIABLE
from sim.runs import launch
from sim.runs.config import RunConfig
from sim.runs.progress import Listener

OPEN_CLUSTER = Path(__file__).parent / "open_cluster"


def masters_design(board_name: str) -> Design:
    """Return the simulation top of a board with open AXI ports in place of the core shells."""
    design = soc_design(load_board(board_name))
    own = sorted(OPEN_CLUSTER.glob("*.sv"))
    replaced = {file.name for file in own}
    kept = [file for file in design.sources if file.name not in replaced]
    return replace(design, sources=(*kept, *own))


def run_on_masters(
    config: RunConfig, directory: Path, *, listener: Listener | None = None
) -> dict[str, Any]:
    """Run ``config`` (on Verilator) as :func:`sim.runs.launch.run` does, without an event log.

    Raises :class:`~sim.errors.AmpsimError` with one line when it could not be run.
    """
    directory.mkdir(parents=True, exist_ok=True)
    design = masters_design(config.board)
    build = build_stock(design, config.simulator)
    words, stock = stock_start(design.top, config.simulator, build, launch.TEST_MODULE, directory)
    own = {PORT_VARIABLE: "cocotbext", FOLDER_VARIABLE: ""}

    def start(environment: Mapping[str, str], pipes: tuple[int, ...]) -> subprocess.Popen[bytes]:
        with (directory / "simulator.log").open("wb") as log:
            return subprocess.Popen(
                words,
                cwd=directory,
                env={**stock, **own, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=pipes,
            )

    return launch.run_started(config, directory, start, listener=listener)
