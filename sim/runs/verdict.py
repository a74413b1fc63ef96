# SPDX-License-Identifier: Apache-2.0
"""Puts what the referee has found into what is known of a run."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import AmpsimError
from sim.runs.files import PARTIAL_FILE, RESULT_FILE
from sim.whole_file import write_json

if TYPE_CHECKING:
    from sim.referee.live import LiveReferee


def write_verdict(directory: Path, referee: LiveReferee, *, interrupted: bool = False) -> None:
    """Add the verdict to the files of a run that has ended.

    What never came is not held against a side whose run was ``interrupted``. Raises AmpsimError
    when the result cannot be written; a run that broke down has an error already.
    """
    result, partial = directory / RESULT_FILE, directory / PARTIAL_FILE
    if result.exists():
        write_json(result, _judged(_known(result), referee, interrupted))
    else:
        with contextlib.suppress(AmpsimError):
            write_json(partial, _judged(_known(partial), referee, interrupted))


def _known(path: Path) -> dict[str, Any]:
    """Return what the simulator's process has written, nothing when it could not."""
    try:
        known: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return known


def _judged(known: dict[str, Any], referee: LiveReferee, interrupted: bool) -> dict[str, Any]:
    if not interrupted:
        referee.finish(known.get("cycles"))
    passed, reason = referee.verdict()
    checks = {**known.get("checks", {}), "referee": {"passed": passed, "reason": reason}}
    verdict = {"checks": checks, "violations": referee.violations()}
    return {**known, **verdict, "passed": bool(known.get("passed")) and passed}
