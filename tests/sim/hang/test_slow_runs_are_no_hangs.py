# SPDX-License-Identifier: Apache-2.0
"""A run that thinks for long is left alone, and is not changed by being looked at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sim.cli import main

THINKER = Path(__file__).parent / "apps" / "thinker.py"


def run(directory: Path, hang_after: str) -> dict[str, Any]:
    """The result of two echoes, after a sleep and a time-out of 60 ms; it has to pass."""
    result = directory / "result.json"
    options = ("--app", str(THINKER), "--count", "2", "--hang-after", hang_after)
    out = ("--out", str(directory), "--json", str(directory / "file.json"))
    assert main(["run", "echo", *options, *out]) == 0
    assert not (directory / "hang.json").exists()
    return json.loads(result.read_text())


def test_a_long_think_is_no_hang_and_looking_changes_nothing(tmp_path: Path):
    looked_at, left_alone = run(tmp_path / "looked", "5ms"), run(tmp_path / "alone", "off")
    assert looked_at["checks"]["all_messages_echoed"]["passed"]
    assert looked_at["event_log_sha256"] == left_alone["event_log_sha256"]
