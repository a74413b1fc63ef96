# SPDX-License-Identifier: Apache-2.0
"""What a simulator records in a window is the whole waveform, cut at its two ends."""

from __future__ import annotations

from pathlib import Path

import pytest
import pywellen

from sim.runs.waves import WHOLE_RUN, Window
from tests.sim.simulated import simulate

PROGRAMS = Path(__file__).parents[1] / "core/core_port_cases.py"
WINDOW = Window(2_003, 6_007)  # neither end is an edge of the clock


def record(simulator: str, kind: str, window: Window, directory: Path) -> dict:
    """Changes of every signal, by name, of a program of one hart: (time in ns, value)."""
    file = directory / f"waves.{kind}"
    assert simulate(
        "visionfive2",
        simulator,
        PROGRAMS,
        directory,
        {"PROGRAM": "every_size_in_every_lane", "SKIPPING": "1"},
        kind=kind,
        wave_file=file,
        window=window,
    )
    waveform = pywellen.Waveform(str(file))
    return {variable.full_name: list(variable.tv) for variable in waveform.all_vars()}


def cut(changes: list, window: Window) -> list:
    """What a window shows of a signal: its value when it begins, and the changes in it."""
    before = [value for time, value in changes if time <= window.from_ns]
    inside = [(time, value) for time, value in changes if window.from_ns < time <= window.to_ns]
    return [(window.from_ns, before[-1]), *inside]


@pytest.mark.parametrize(
    ("simulator", "kind"), [("icarus", "fst"), ("icarus", "vcd"), ("verilator", "fst")]
)
def test_window_is_a_cut_of_the_whole(simulator: str, kind: str, tmp_path: Path):
    whole = record(simulator, kind, WHOLE_RUN, tmp_path / "whole")
    part = record(simulator, kind, WINDOW, tmp_path / "part")
    assert set(part) == set(whole)
    # Icarus marks the end of the window: every value becomes x after it.
    assert max(change[0] for changes in part.values() for change in changes) <= WINDOW.to_ns + 1
    shown = {
        name: [change for change in changes if change[0] <= WINDOW.to_ns]
        for name, changes in part.items()
    }
    assert shown == {name: cut(changes, WINDOW) for name, changes in whole.items()}
    assert sum(map(len, part.values())) > 2 * len(part), "nothing went on in the window"
