# SPDX-License-Identifier: Apache-2.0
"""Runs something faulty on the RTL, and returns what the referee says of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sim.errors import RunError
from sim.runs import launch
from sim.runs.files import PARTIAL_FILE
from sim.runs.prepare import prepare_run

PATIENCE_NS = 60_000_000


def violations(
    board: str, folder: Path, *, scenario: str = "echo", count: int = 3, **options: Any
) -> set[str]:
    """The rules that fire in a short run, also in one that breaks down over its fault."""
    config = prepare_run(
        scenario,
        board,
        "verilator",
        folder,
        count=count,
        referee=True,
        hang_after_ns=PATIENCE_NS,
        **options,
    )
    try:
        result = launch.run(config, folder)
    except RunError:
        result = json.loads((folder / PARTIAL_FILE).read_text())
    return {item["rule"] for item in result["violations"]}
