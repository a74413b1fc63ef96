# SPDX-License-Identifier: Apache-2.0
"""A simulator that was started before its run was prepared is used, or leaves no trace."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from sim.build.command import Command
from sim.cli.main import main
from sim.runs import launch
from sim.runs.ahead import Ahead
from sim.runs.config import RunConfig
from sim.runs.prepare import prepare_run

Processes = list["subprocess.Popen[bytes]"]


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Processes:
    """Every simulator that is started, in a cache without memory of earlier ones."""
    monkeypatch.setattr("sim.runs.ahead.cache_root", lambda: tmp_path / "cache")
    found: Processes = []
    start = Command.start

    def note(self: Command, *arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        found.append(start(self, *arguments, **options))
        return found[-1]

    monkeypatch.setattr(Command, "start", note)
    return found


def boot(folder: Path, seed: int = 1) -> RunConfig:
    return prepare_run("boot", "visionfive2", "verilator", folder, seed=seed)


def run_boot(folder: Path, *words: str, seed: int = 1) -> dict[str, Any]:
    with Ahead(["boot", *words]) as ahead:
        return launch.run(boot(folder, seed), folder, ahead=ahead)


def test_second_run_takes_over_what_the_first_has_remembered(tmp_path: Path, started: Processes):
    first = run_boot(tmp_path / "first")
    assert len(started) == 1
    with Ahead(["boot", "--count", "3"]) as ahead:
        assert len(started) == 2
        assert not (tmp_path / "second").exists()
        second = launch.run(boot(tmp_path / "second"), tmp_path / "second", ahead=ahead)
    assert len(started) == 2
    assert second["passed"] and second["event_log_sha256"] == first["event_log_sha256"]
    assert "sim.inside.entry.run passed" in (tmp_path / "second" / "simulator.log").read_text()
    assert "GPI: VPI support registered" in (tmp_path / "second" / "simulator.log").read_text()


def test_run_that_needs_another_one_ends_it(tmp_path: Path, started: Processes):
    run_boot(tmp_path / "first")
    result = run_boot(tmp_path / "second", seed=2)  # the words do not say so
    _, guessed, needed = started
    assert result["passed"] and guessed.returncode == -signal.SIGKILL and needed.returncode == 0


def test_it_has_died_meanwhile(tmp_path: Path, started: Processes):
    run_boot(tmp_path / "first")
    with Ahead(["boot"]) as ahead:
        started[1].kill()
        started[1].wait()
        assert launch.run(boot(tmp_path / "second"), tmp_path / "second", ahead=ahead)["passed"]
    assert len(started) == 3


@pytest.mark.parametrize("words", [["--waves"], ["--repro", "x"], ["--fault", "x"], ["--help"]])
def test_some_runs_are_not_guessed(words: list[str], tmp_path: Path, started: Processes):
    run_boot(tmp_path / "first")
    with Ahead(["boot", *words]):
        assert len(started) == 1
    with Ahead(["boot", "--sim", "icarus"]):  # nothing is remembered of these
        assert len(started) == 1


def test_bad_input_leaves_nothing(
    tmp_path: Path, started: Processes, capsys: pytest.CaptureFixture[str]
):
    run_boot(tmp_path / "first")
    out = tmp_path / "second"
    assert main(["run", "boot", "--profile", "no.toml", "--out", str(out)]) == 2
    assert capsys.readouterr().err.startswith("ampsim: ")
    assert len(started) == 2 and started[1].returncode == -signal.SIGKILL
    assert not out.exists()


def test_damaged_memory_is_no_memory(tmp_path: Path, started: Processes):
    run_boot(tmp_path / "first")
    (file,) = (tmp_path / "cache" / "ahead").iterdir()
    for damage in ("", "1", "[1]", '[["/no/such/program"], {}]'):
        file.write_text(damage)
        with Ahead(["boot"]) as ahead:
            assert ahead.take(Command([], {}), 1, tmp_path / "run.json") is None
        assert len(started) == 1


WAIT = """
import sys, time
from pathlib import Path
from sim.build.command import Command
from sim.runs import ahead
start = Command.start
Command.start = lambda *a, **o: (p := start(*a, **o), print(p.pid, flush=True))[0]
ahead.cache_root = lambda: Path(sys.argv[1])
with ahead.Ahead(["boot"]):
    time.sleep(60)
"""


def test_it_ends_with_a_command_that_is_killed(tmp_path: Path, started: Processes):
    run_boot(tmp_path / "first")
    (file,) = (tmp_path / "cache" / "ahead").iterdir()
    own = [sys.executable, "-c", "from sim.runs.ahead import _key; print(_key(['boot']))"]
    key = subprocess.run(own, capture_output=True, text=True, check=True).stdout.strip()
    file.rename(file.with_name(key))
    words = [sys.executable, "-c", WAIT, str(tmp_path / "cache")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as command:
        assert command.stdout is not None
        simulator = int(command.stdout.readline())
        os.kill(simulator, 0)
        command.kill()
    deadline = time.monotonic() + 30
    while Path(f"/proc/{simulator}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{simulator}").exists()
