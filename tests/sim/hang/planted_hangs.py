# SPDX-License-Identifier: Apache-2.0
"""Runs echoes with something planted in them, and returns what is said of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from sim.cli import main

APPS = Path(__file__).parent / "apps"


class Planted(NamedTuple):
    """A hang: what is planted, and what the explanation has to name."""

    board: str
    cause: str
    thing: str
    """What the explanation has to name; several of which one will do are parted by " or "."""
    step: str
    """Words that some step of the chain has to have."""
    fault: str = ""
    app: str = ""
    options: tuple[str, ...] = ()
    rule: str = ""
    """The referee's that has to fire, if there is one for that alone."""


def run(directory: Path, *options: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the result of a run of echoes that makes no progress for 20 ms."""
    result = directory / "result-file.json"
    out = ("--out", str(directory / "out"), "--json", str(result))
    words = ("--count", "8", "--hang-after", "20ms", "--no-exports")
    code = main(["run", "echo", *words, *out, *options])
    return code, json.loads(result.read_text())


def explain(directory: Path, planted: Planted) -> dict[str, Any]:
    """The explanation of a planted hang; the run has failed by its check `progress` alone."""
    options = ["--board", planted.board]
    if planted.fault:
        options += ["--fault", planted.fault]
    if planted.app:
        options += ["--app", str(APPS / f"{planted.app}.py")]
    code, result = run(directory, *options, *planted.options)
    document: dict[str, Any] = json.loads((directory / "out" / "hang.json").read_text())
    assert code == 1
    failed = [name for name, check in result["checks"].items() if not check["passed"]]
    assert failed in (["progress"], ["progress", "referee"])  # what it makes of the fault
    broken = {violation["rule"] for violation in result["violations"]}
    assert not planted.rule or planted.rule in broken
    assert document["cause"]["text"] in result["checks"]["progress"]["reason"]
    return document
