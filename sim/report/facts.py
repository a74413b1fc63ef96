# SPDX-License-Identifier: Apache-2.0
"""Everything a report tells of a run, gathered from its folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.errors import AmpsimError
from sim.life.run import Life, read_life
from sim.runs.files import HANG_FILE, RECORDS_FILE, REPRO_FILE, RUN_FILE


@dataclass(frozen=True)
class Facts:
    """A run that has ended: ``outcome`` is its result, or what is known of one that broke down.

    ``run``, ``repro`` and ``hang`` are the files of these names, empty where there is none.
    """

    directory: Path
    outcome: Mapping[str, Any]
    run: Mapping[str, Any]
    repro: Mapping[str, Any]
    hang: Mapping[str, Any]
    life: Life | None
    no_life: str

    def with_outcome(self, outcome: Mapping[str, Any]) -> Facts:
        """Return the same with another outcome."""
        return replace(self, outcome=outcome)

    @property
    def error(self) -> str | None:
        """Return why the run broke down, None for a run that came to its end."""
        return self.outcome.get("error")

    def artifact(self, name: str) -> str:
        """Return the text of an artifact, empty when there is none or it is no text."""
        file = self.outcome["artifacts"].get(name)
        try:
            return (self.directory / file).read_text(errors="replace") if file else ""
        except OSError:
            return ""


def read_facts(directory: Path, outcome: Mapping[str, Any]) -> Facts:
    """Gather what the folder of a run holds."""
    life, no_life = _life(directory, outcome)
    run, repro, hang = (_json(directory / name) for name in (RUN_FILE, REPRO_FILE, HANG_FILE))
    return Facts(directory, outcome, run, repro, hang, life, no_life)


def _life(directory: Path, outcome: Mapping[str, Any]) -> tuple[Life | None, str]:
    """Return the life of the run's messages, or why there is none."""
    if "records" not in outcome["artifacts"]:
        return None, "the record stream was not kept (--record)"
    try:
        board = _json(directory / RUN_FILE).get("board")
        return read_life(directory / RECORDS_FILE, board), ""
    except AmpsimError as error:
        return None, str(error)


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
