# SPDX-License-Identifier: Apache-2.0
"""V821's RPBuf and service calls as whole runs on the real RTL."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sim.cli import main


def run(scenario: str, directory: Path, *options: str) -> dict[str, Any]:
    """The result of a run on V821 that has to pass."""
    directory.mkdir(exist_ok=True)
    result = directory / "result-file.json"
    arguments = ["run", scenario, "--board", "v821", "--out", str(directory / "out")]
    assert main([*arguments, "--json", str(result), *options]) == 0
    found: dict[str, Any] = json.loads(result.read_text())
    return found


def test_rpbuf_moves_more_than_a_mebibyte_each_way(tmp_path: Path) -> None:
    result = run("rpbuf", tmp_path)
    assert result["bytes_moved"] >= 2 << 20
    assert result["latency_ns"]["rpbuf_round_trip"]["count"] == result["messages"] == 36
    log = (tmp_path / result["artifacts"]["log"]).read_text()
    for size in (0x4_0000, 17, 16, 1):
        assert f"4 buffers of {size} bytes, 0 failed: " in log
    reasons = {name: check["reason"] for name, check in result["checks"].items()}
    assert reasons["programs_succeeded"] == "9 of 9 sizes"
    assert reasons["bytes_moved"] == "1347636 to the RTOS and 1347636 back"
    assert reasons["too_large_refused"].endswith("buffer large (len: 262145) failed")
    assert reasons["freed_while_waited_for"].endswith("ended with ECONNRESET: [5]")
    assert (
        "ioctl TRANSMIT_BUF failed (Connection reset by peer)" in reasons["gone_while_waited_for"]
    )
    assert result["violations"] == []


def test_services_call_both_ways_and_name_their_errors(tmp_path: Path) -> None:
    result = run("services", tmp_path, "--count", "10")
    assert set(result["checks"]) == {
        "linux_calls_rtos",
        "rtos_calls_linux",
        "both_at_once",
        "clients_by_name",
        "moved_to_linux",
        "moved_back",
        "errors_by_name",
        "back_after_restart",
        "referee",
    }
    assert result["latency_ns"]["service_call"]["count"] >= 20


def test_same_seed_same_events(tmp_path: Path) -> None:
    one = run("rpbuf", tmp_path / "one", "--count", "9")
    other = run("rpbuf", tmp_path / "other", "--count", "9")
    assert one["event_log_sha256"] == other["event_log_sha256"]
