# SPDX-License-Identifier: Apache-2.0
"""Runs the steps with one host and reads what was observed, step by step."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from sim.boards import Board
from sim.conformance.boards import write_board
from sim.conformance.comparing import Row, compare
from sim.conformance.cut import cut
from sim.conformance.differences import KNOWN
from sim.conformance.golden import golden_rows
from sim.conformance.observed import Bytes, observed
from sim.conformance.steps import MARK, NAME, STEPS
from sim.conformance.views import LOG, PROGRAMS, log_lines, program_lines, views
from sim.errors import RunError
from sim.linux_peer.board import host_board
from sim.runs import launch
from sim.runs.files import RESULT_FILE
from sim.runs.prepare import prepare_run

HOSTS = ("model", "linux")
WHOLE_RUN = "whole run"
SteppedViews = dict[str, dict[str, list[str]]]


def compare_hosts(folder: Path, board: str, ring: int, *, kept: bool = False) -> list[Row]:
    """Run both hosts on a board with rings of ``ring`` entries in ``folder``; return all rows.

    With ``kept``, runs that are in ``folder`` already are not made again. AmpsimError with one line
    where a run cannot be made or does not come to its end.
    """
    model, kernel = (run_steps(folder / host, host, board, ring, kept) for host in HOSTS)
    rows = [row for step in model for row in compare(step, model[step], kernel[step], KNOWN)]
    return [*rows, *golden_rows(board, ring, model, kernel)]


def run_steps(folder: Path, host: str, board: str, ring: int, kept: bool = False) -> SteppedViews:
    """Run the steps with a host; return the observables of each step, by the step's name."""
    file, profile = write_board(folder, board, ring)
    if host == "model":
        board = str(file)
    config = prepare_run(
        NAME,
        board,
        "verilator",
        folder,
        profile=profile,
        record=True,
        host=host,
        ring=ring if host == "linux" else None,
    )
    found = folder / RESULT_FILE
    if kept and found.exists():
        result = json.loads(found.read_text())
    else:
        result = launch.run(config, folder.resolve())
    if not result["passed"]:
        reasons = "; ".join(check["reason"] for check in result["checks"].values())
        raise RunError(f"{NAME}, {host}: expected all steps, found {reasons}")
    files = {name: folder / file for name, file in result["artifacts"].items()}
    return read_steps(files, host_board(board, host, ring), Path(config.firmware))


def read_steps(files: Mapping[str, Path], board: Board, firmware: Path) -> SteppedViews:
    """Return the observables of each step of a run on ``board`` that has left these files."""
    seen = observed(files["records"], board, firmware)
    lines = program_lines(files["steps"].read_text(), MARK)
    log = files["linux_console" if board.real_linux else "dmesg"]
    last = len(STEPS) - 1
    memory = [*seen.parts[:last], Bytes(seen.parts[last].dump, seen.parts[-1].image)]
    found = {
        step.name: views(sights, part) | {PROGRAMS: lines.get(step.name, [])}
        for step, sights, part in zip(STEPS, cut(seen.sights), memory, strict=True)
    }
    found[WHOLE_RUN] = {LOG: log_lines(log.read_text("utf-8", "replace"))}
    return found
