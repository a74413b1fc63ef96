# SPDX-License-Identifier: Apache-2.0
"""``ampsim run --repro``: repeats a run exactly, and says whether it came to the same."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import AmpsimError

if TYPE_CHECKING:
    from sim.repro import Repro
    from sim.runs.config import RunConfig

_WAVES = ("waves", "waves_from", "waves_to", "waves_on_failure", "waves_last")
_FREE = frozenset((*_WAVES, "out", "json", "record", "referee", "exports", "repro", "ahead"))
"""Options that do not decide what is run."""
_NAMES = {"scenario": "a scenario", "simulator": "--sim"}


def repro_run(arguments: argparse.Namespace) -> tuple[Repro, RunConfig, Path]:
    """Return what is to be repeated, as a run, and its folder; print what differs from then."""
    from sim.cli.main import parser
    from sim.repro import prepare_replay

    defaults = vars(parser(("run",)).parse_args(["run"]))
    for name, value in vars(arguments).items():
        if name not in _FREE and value != defaults[name]:
            given = _NAMES.get(name, f"--{name.replace('_', '-')}")
            raise AmpsimError(f"--repro decides what is run: {given} cannot be given with it")
    repro, config, notes = prepare_replay(arguments.repro, _folder(arguments))
    for note in notes:
        print(f"ampsim: {note}", file=sys.stderr)
    record = config.record or arguments.record or wants_exports(arguments)
    referee = config.referee if arguments.referee is None else arguments.referee
    return repro, replace(config, record=record, referee=referee), _folder(arguments)


def wants_exports(arguments: argparse.Namespace) -> bool:
    """Tell whether a run is to leave its report and its messages for other tools."""
    chosen: bool | None = arguments.exports
    return arguments.out is not None if chosen is None else chosen


def tell_repetition(repro: Repro, outcome: dict[str, Any]) -> bool:
    """Say whether the run came to the same, and return it."""
    from sim.repro import compare

    differences = compare(repro, outcome)
    for difference in differences:
        print(f"ampsim: not reproduced: {difference}", file=sys.stderr)
    if not differences:
        print("reproduced: same event log, same outcome")
    return not differences


def _folder(arguments: argparse.Namespace) -> Path:
    return arguments.out or Path("out") / "repro"
