# SPDX-License-Identifier: Apache-2.0
"""--waves-on-failure: nothing of a run that passes, of one that fails the time before."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from sim.cli import main
from sim.cli.failure_waves import add_failure_wave_options, chosen_failure_waves
from sim.cli.waves import add_wave_options, chosen_waves
from sim.decode import decode
from sim.errors import AmpsimError
from sim.runs.waves import FailureWaves, Waves, Window

# An RTOS that comes up and announces nothing: Linux waits for its link in vain.
SILENT_APP = """# SPDX-License-Identifier: Apache-2.0
# Does nothing.

COMMAND = ("nothing", "do nothing")


async def start(kernel, console):
    pass
"""


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.set_defaults(simulator="icarus")
    add_wave_options(parser)
    add_failure_wave_options(parser)
    return parser.parse_args(words)


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        ((), None),
        (("--waves-on-failure",), FailureWaves("fst", None, 2_000_000)),
        (("--waves-on-failure", "vcd"), FailureWaves("vcd", None, 2_000_000)),
        (("--waves-on-failure", "--waves-last", "5us"), FailureWaves("fst", None, 5_000)),
        (
            ("--waves-on-failure", "--waves-from", "1us"),
            FailureWaves("fst", Window(1_000, None), 2_000_000),
        ),
    ],
)
def test_what_is_chosen(words: tuple[str, ...], chosen: FailureWaves | None):
    arguments = parsed(*words)
    assert chosen_failure_waves(arguments) == chosen
    assert chosen_waves(arguments) is None


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("--waves-last", "1ms"), "--waves-last: expected --waves-on-failure with it"),
        (("--waves-on-failure", "--waves-last", "0"), "--waves-last: expected some time, found 0"),
        (
            ("--waves-on-failure", "--waves"),
            "--waves-on-failure: expected no --waves, which records every run",
        ),
        (
            ("--waves-on-failure", "--waves-last", "1us", "--waves-to", "1us"),
            "--waves-last: expected no --waves-from or --waves-to with it",
        ),
    ],
)
def test_what_excludes_each_other(words: tuple[str, ...], text: str):
    with pytest.raises(AmpsimError) as caught:
        chosen_failure_waves(parsed(*words))
    assert str(caught.value) == text


@pytest.mark.parametrize(
    ("outcome", "window"),
    [
        ({"violations": [], "sim_time_ns": 9_000}, Window(8_000, None)),
        ({"violations": [], "sim_time_ns": 500}, Window(0, None)),
        ({"violations": []}, Window(0, None)),
        (
            {
                "violations": [
                    {"severity": "warning", "time_ns": 3_000},
                    {"severity": "error", "time_ns": 7_000},
                    {"severity": "error", "time_ns": 6_000},
                ],
                "sim_time_ns": 9_000,
            },
            Window(5_165, 6_266),
        ),
    ],
)
def test_the_window_ends_at_the_failure(outcome: dict, window: Window):
    assert FailureWaves("vcd", None, 1_000).around(outcome) == Waves("vcd", window)


def test_a_window_that_was_asked_for_is_kept():
    chosen = FailureWaves("fst", Window(1, 2), 1_000)
    assert chosen.around({"violations": [], "sim_time_ns": 9}) == Waves("fst", Window(1, 2))


def test_a_run_that_fails_is_recorded_when_it_is_run_again(tmp_path: Path, capsys):
    app = tmp_path / "nothing.py"
    app.write_text(SILENT_APP)
    out = tmp_path / "out"
    words = ["run", "echo", "--board", "v821", "--count", "3", "--app", str(app), "--out", str(out)]
    assert main([*words, "--no-exports", "--waves-on-failure", "--waves-last", "1ms"]) != 0
    error = capsys.readouterr().err
    assert "ampsim: the run has failed: running it again with a waveform from " in error
    traffic = decode(out / "waves.fst").traffic
    assert 900_000 < traffic.end_ns - traffic.begin_ns < 1_100_000
    assert (out / "waves.gtkw").exists() and (out / "waves.sucl").exists()


def test_a_run_that_passes_leaves_no_waveform(tmp_path: Path, capsys):
    words = ["run", "echo", "--board", "v821", "--count", "3", "--out", str(tmp_path)]
    assert main([*words, "--no-exports", "--waves-on-failure"]) == 0
    assert "running it again" not in capsys.readouterr().err
    assert not (tmp_path / "waves.fst").exists()
