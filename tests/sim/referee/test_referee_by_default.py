# SPDX-License-Identifier: Apache-2.0
"""The referee looks on in every run; one without it does not look like one with a clean verdict."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from sim.cli import main
from sim.cli.report import violation_lines
from sim.repro.command import command_line
from sim.runs.config import RunConfig
from sim.runs.record_pipe import RECORDS_FD, RecordPipe

CONFIG = RunConfig("boot", "visionfive2", "verilator", 1, 1, "rtos.elf", referee=True)


def result_of(folder: Path, *words: str) -> dict:
    out = ("--no-exports", "--out", str(folder), "--json", str(folder / "r.json"))
    assert main(["run", "boot", *words, *out]) == 0
    return json.loads((folder / "r.json").read_text())


def test_it_looks_on_unasked(tmp_path: Path):
    result = result_of(tmp_path)
    assert result["violations"] == [] and result["checks"]["referee"]["passed"]
    assert json.loads((tmp_path / "result.json").read_text())["violations"] == []


def test_a_run_without_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    result = result_of(tmp_path, "--no-referee")
    assert result["violations"] is None and "referee" not in result["checks"]
    assert "the referee did not look on (--no-referee)\n" in capsys.readouterr().out


def test_the_command_of_a_run_says_what_is_not_usual():
    assert "referee" not in command_line(CONFIG, None)
    assert "--no-referee" in command_line(replace(CONFIG, referee=False), None)


def test_the_terminal_shows_the_first_violations():
    found = {"rule": "a-rule", "severity": "error", "time_ns": 1500, "hart": 1, "address": "0x10"}
    found |= {"expected": "a", "found": "b"}
    lines = violation_lines({"violations": [found] * 7}, Path("out"))
    assert lines[0] == "error: 1.50 us, hart 1, 0x10: a-rule: expected a, found b"
    assert lines[5:] == ["2 more in out/result.json"]


def test_a_referee_that_has_gone_changes_nothing(monkeypatch: pytest.MonkeyPatch):
    reader, writer = os.pipe()
    monkeypatch.setenv(RECORDS_FD, str(writer))
    pipe = RecordPipe(wanted=True)
    pipe.send(memoryview(b"record"))
    assert os.read(reader, 100) == b"record"
    os.close(reader)
    for _ in range(2):
        pipe.send(memoryview(b"record"))
    os.close(writer)
