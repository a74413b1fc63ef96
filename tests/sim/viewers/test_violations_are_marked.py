# SPDX-License-Identifier: Apache-2.0
"""A waveform whose traffic breaks the rules of the board it is held against."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pywellen

from sim.boards import load_board
from sim.cli import main
from sim.decode import decode
from sim.record_file import RecordFile
from sim.referee import check_stream
from sim.runs.waves import CLOCK_0_NS
from sim.viewers import prepare_waveform


def smaller_payloads(folder: Path) -> Path:
    """The VisionFive 2 with messages of at most 8 bytes; the run's have more."""
    source = Path(load_board("visionfive2").source)
    shutil.copytree(source.parent, folder)
    board = folder / source.name
    text, count = re.subn(r"(payload-size = <)\w+(>)", r"\g<1>8\2", board.read_text())
    assert count == 1
    board.write_text(text)
    return board


def test_decode_marks_and_prints_them(recorded_run, tmp_path: Path, capsys):
    board = smaller_payloads(tmp_path / "board")
    wave = tmp_path / "waves.fst"
    shutil.copy(recorded_run("visionfive2") / "waves.fst", wave)
    assert main(["decode", str(wave), "--board", str(board)]) == 1
    lines = capsys.readouterr().out.splitlines()
    violations = decode(wave, str(board)).violations
    assert any(item.rule.id == "header-length" for item in violations)
    assert f"error: {violations[0]}" in lines
    assert re.search(rf"; {len(violations)} violations$", lines[-1])

    prepare_waveform(wave, str(board))
    save, commands = (wave.with_suffix(end).read_text() for end in (".gtkw", ".sucl"))
    first = min(violations, key=lambda item: item.time_ns)
    name = f"violation_0_{first.rule.id}"
    assert f"[markername] C{name}\n" in save
    assert f"marker_set {name} {first.time_ns}\n" in commands
    lane = {v.full_name: v for v in pywellen.Waveform(str(wave)).all_vars()}["decoded.violations"]
    assert (first.time_ns, f"{first.rule.id}: expected {first.expected}, found {first.found}") in [
        change for change in lane.tv if change[0] == first.time_ns
    ]


def test_the_records_have_them_at_the_same_times(recorded_run, tmp_path: Path):
    """What a run's result says and what a viewer shows differ by where clock 0 is, and by what
    only software knows."""
    board = load_board(str(smaller_payloads(tmp_path / "board")))
    folder = recorded_run("visionfive2")
    judged = check_stream(RecordFile(folder / "records.bin"), board).report.violations
    seen = decode(folder / "waves.fst", str(board.source)).violations
    judged = [item for item in judged if not item.rule.id.startswith("application-")]
    assert judged
    assert [(item.rule, item.time_ns + CLOCK_0_NS, item.found) for item in judged] == [
        (item.rule, item.time_ns, item.found) for item in seen
    ]
