# SPDX-License-Identifier: Apache-2.0
"""Whole runs on the real RTL: every scenario passes, with the figures of seed 000 §6."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sim.cli import main


def run(scenario: str, directory: Path, *options: str) -> dict[str, Any]:
    """The result of a run that has to pass."""
    result = directory / "result-file.json"
    arguments = ["run", scenario, "--out", str(directory / "out"), "--json", str(result), *options]
    assert main(arguments) == 0
    return json.loads(result.read_text())


def test_both_systems_boot(tmp_path: Path):
    result = run("boot", tmp_path)
    assert result["passed"] and all(check["passed"] for check in result["checks"].values())
    assert (tmp_path / result["artifacts"]["uart1"]).read_bytes().count(b"msh >") == 1
    assert "rpmsg host is online" in (tmp_path / result["artifacts"]["dmesg"]).read_text()


def test_linux_test_shows_what_the_seed_shows(tmp_path: Path):
    result = run("linux-test", tmp_path, "--count", "5")
    assert result["messages"] == 5
    assert "AMP rpmsg interrupts" in (tmp_path / result["artifacts"]["log"]).read_text()


def test_echo_takes_the_seeds_time(tmp_path: Path):
    result = run("echo", tmp_path, "--count", "400", "-v")
    latency = result["latency_ns"]["echo_round_trip"]
    assert latency["count"] == result["messages"] == 400
    assert 24_785 * 0.9 <= latency["mean"] <= 24_785 * 1.1
    assert latency["max"] < 75_000
    parts = latency["of_mean"]
    assert abs(sum(parts.values()) - latency["mean"]) < 1 and parts["rtl"] > 1000
    lines = (tmp_path / result["artifacts"]["log"]).read_text().splitlines()
    assert lines[798] == "Sending message #399: hello there 399!"
    assert lines[799].startswith("Receiving message #399: test this time 2")
    assert " ns, avg time 24" in lines[799] and " ns,maxtime " in lines[799]


def test_schedule_latency_is_about_a_microsecond(tmp_path: Path):
    latency = run("schedule-latency", tmp_path, "--count", "30")["latency_ns"]["schedule_latency"]
    assert 800 <= latency["mean"] <= 1200 and latency["max"] <= 2000


def test_uart_latency_is_about_six_microseconds(tmp_path: Path):
    latency = run("uart-latency", tmp_path, "--count", "8")["latency_ns"]["uart_receive"]
    assert latency["count"] == 8
    assert latency["min"] >= 5000 and latency["max"] <= 7000


def test_ipi_latency_is_below_the_echos(tmp_path: Path):
    latency = run("ipi-latency", tmp_path, "--count", "20")["latency_ns"]["ipi_round_trip"]
    assert latency["count"] == 20 and 15_000 < latency["p50"] < 25_000


def test_profile_says_where_each_constant_comes_from(tmp_path: Path):
    result = run("boot", tmp_path)
    rows = json.loads((tmp_path / result["artifacts"]["profile"]).read_text())
    assert {row["name"] for row in rows} >= {"rtos.m_trap", "linux.wake_to_run", "boot.linux_after"}
    assert all(row["source"] and row["meaning"] and row["ns"] >= 0 for row in rows)
