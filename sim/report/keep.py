# SPDX-License-Identifier: Apache-2.0
"""Writes what stays of a run after it: exports for other tools, ``repro.json``, the report."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sim.errors import AmpsimError
from sim.report.facts import Facts, read_facts
from sim.repro import write_repro
from sim.runs.config import RunConfig
from sim.runs.files import PARTIAL_FILE, RECORDS_FILE, REPORT_FILE, REPRO_FILE, RESULT_FILE
from sim.whole_file import write_json, write_whole

Say = Callable[[str], None]


def keep_run(
    config: RunConfig, directory: Path, outcome: Mapping[str, Any], *, exports: bool, say: Say
) -> dict[str, str]:
    """Write the files of a run that has ended, and return them as artifacts.

    ``outcome`` is its result, or what :func:`known_outcome` knows of a run that broke down. Without
    ``exports`` only a run that did not pass leaves anything. ``say`` is given lines that the user
    has to see. Raises AmpsimError when a file cannot be written; the others are there then.
    """
    if outcome["passed"] and not exports:
        return {}
    artifacts = dict(outcome["artifacts"])
    write_repro(directory / REPRO_FILE, config, directory, outcome)
    artifacts["repro"] = REPRO_FILE
    facts = read_facts(directory, outcome)
    problem: AmpsimError | None = None
    try:
        artifacts |= _export(facts, say) if exports else {}
    except AmpsimError as error:
        problem = error
    artifacts["report"] = REPORT_FILE
    kept = {**outcome, "artifacts": artifacts}
    write_json(directory / (PARTIAL_FILE if "error" in outcome else RESULT_FILE), kept)
    write_report(facts.with_outcome(kept))
    if problem is not None:
        raise problem
    return artifacts


def write_report(facts: Facts) -> None:
    """Write the report of a run into its folder."""
    from sim.report.page import page

    write_whole(facts.directory / REPORT_FILE, page(facts))


def known_outcome(config: RunConfig, directory: Path, error: str) -> dict[str, Any]:
    """Return what is known of a run that broke down, in the form of a result."""
    known: dict[str, Any] = {
        "scenario": config.scenario,
        "board": Path(config.board).stem,
        "simulator": config.simulator,
        "seed": config.seed,
        "checks": {},
        "latency_ns": {},
        "violations": None,
        "artifacts": {"simulator": "simulator.log"},
    }
    try:
        known |= json.loads((directory / PARTIAL_FILE).read_text())
    except (OSError, ValueError):
        if config.record:
            known["artifacts"]["records"] = RECORDS_FILE
    return {**known, "passed": False, "error": error}


def _export(facts: Facts, say: Say) -> dict[str, str]:
    """Write the exports; a run whose messages cannot be followed has none, and says so.

    Not where it is no news: a run that broke down says why, and a real kernel never tells.
    """
    from sim.life.exports import write_exports

    life = facts.life
    if life is None:
        if facts.error is None and facts.run.get("host") != "linux":
            say(f"no exports: {facts.no_life}")
        return {}
    exports = write_exports(life, facts.directory)
    if exports.spans is not None:
        clock_ms = life.clock_ns / 1e6
        shown = ", ".join(
            f"{span.begin * clock_ms:.3f} to {span.end * clock_ms:.3f} ms" for span in exports.spans
        )
        say(
            f"{exports.files['perfetto']} covers {shown} of {life.end * clock_ms:.3f} ms "
            f"({len(life.messages)} messages): for another part see ampsim messages "
            "--perfetto-from"
        )
    return exports.files
