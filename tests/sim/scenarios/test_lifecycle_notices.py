# SPDX-License-Identifier: Apache-2.0
"""``lifecycle`` fails for each of the things that it says do not happen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.cli import main

APPS = Path(__file__).parent / "apps"


def lifecycle(directory: Path, *options: str) -> int:
    out = ("--out", str(directory / "out"), "--json", str(directory / "result.json"))
    return main(
        ["run", "lifecycle", "--board", "v821", "--no-referee", "--no-exports", *out, *options]
    )


def test_messages_lost_doubled_and_replayed_around_restarts(tmp_path: Path):
    """One of the 6 lives ends before it loses and doubles a message; the first has no old one."""
    app = ("--app", str(APPS / "echoes_badly.py"))
    assert lifecycle(tmp_path, "--count", "2", *app) == 1
    checks = json.loads((tmp_path / "result.json").read_text())["checks"]
    failed = {name: check["reason"] for name, check in checks.items() if not check["passed"]}
    lost = failed.pop("nothing_lost")
    assert lost.endswith(" cut by a crash or a stop, 5 lost")
    assert failed == {
        "nothing_doubled": "5 came twice",
        "nothing_replayed": "5 came from before a restart",
    }


def test_rtos_that_goes_away_by_itself(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    app = ("--app", str(APPS / "echo_that_faults.py"))
    assert lifecycle(tmp_path, "--count", "1", *app) == 1
    complaint = "ampsim: lifecycle: round 1: EPIPE (-32) with no crash due\n"
    assert capfd.readouterr().err.endswith(complaint)
