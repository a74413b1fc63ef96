# SPDX-License-Identifier: Apache-2.0
"""A waveform's lanes made from the run's records, and those decoded from the waveform itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.boards import load_board
from sim.cli import main
from sim.decode import decode
from sim.lanes import Lane
from sim.record_file import HEADER
from sim.runs.waves import WHOLE_RUN, Waves, Window
from sim.viewers import prepare_recorded, prepare_waveform, recorded_lanes
from sim.viewers.access_lanes import AccessLanes
from sim.viewers.addresses import AddressNames
from sim.viewers.link_lanes import all_lanes
from sim.viewers.markers import Flaw, markers_of
from sim.viewers.recorded_lanes import RecordedLanes

BOARDS = ("visionfive2", "v821")


def recorded(folder: Path, board: str, window: Window = WHOLE_RUN, piece: int = 1 << 18):
    """Feed the records of a run in pieces."""
    made = RecordedLanes(load_board(board), window)
    stream = (folder / "records.bin").read_bytes()[HEADER.size :]
    for at in range(0, len(stream), piece):
        made.take(stream[at : at + piece])
    return made


def lanes_decoded(folder: Path) -> tuple[list[Lane], list, list]:
    """Return lanes, messages and markers as the waveform has them."""
    decoded = decode(folder / "waves.fst")
    assert not decoded.violations
    accesses = AccessLanes(decoded.board, AddressNames(decoded.board))
    for access in decoded.traffic.accesses:
        accesses.take(access)
    messages = decoded.link.messages
    return all_lanes(decoded.link, [], accesses), messages, markers_of(messages, [])


def check_same(folder: Path, board: str, window: Window = WHOLE_RUN) -> list[Lane]:
    """Compare both ways; return the lanes."""
    made = recorded(folder, board, window)
    lanes, flaws = made.finish([])
    expected, messages, markers = lanes_decoded(folder)
    assert not flaws
    assert [lane.name for lane in lanes] == [lane.name for lane in expected]
    for lane, other in zip(lanes, expected, strict=True):
        assert lane == other, lane.name
    assert [m.as_dict() for m in made.link.messages] == [m.as_dict() for m in messages]
    assert markers_of(made.link.messages, flaws) == markers
    return lanes


@pytest.mark.parametrize(
    ("board", "simulator"),
    [("visionfive2", "verilator"), ("v821", "verilator"), ("v821", "icarus")],
)
def test_of_a_whole_run(board: str, simulator: str, recorded_run):
    """Every lane, message and marker, to the ns."""
    lanes = check_same(recorded_run(board, simulator), board)
    assert sum(len(lane.changes) for lane in lanes) > 8_000


@pytest.mark.parametrize("board", BOARDS)
def test_of_a_window(board: str, recorded_run):
    """What lies before it is unknown in both; lines that are up and harts that run are there."""
    whole = decode(recorded_run(board) / "waves.fst").link.messages
    middle = next(m for m in whole if m.text == "hello there 3!")
    window = Window(middle.time_ns - 3_003, middle.time_ns + 40_000)
    lanes = check_same(recorded_run(board, waves=Waves("fst", window)), board, window)
    times = [time for lane in lanes for time, _ in lane.changes]
    assert window.from_ns <= min(times) and max(times) <= window.to_ns


@settings(max_examples=10)
@given(piece=st.integers(1, 5000))
def test_pieces_end_anywhere(piece: int, recorded_run):
    """A record may be cut by the end of a piece, the reader may be far behind."""
    folder = recorded_run("v821")
    start = (folder / "records.bin").read_bytes()[HEADER.size :][:20_000]
    whole, cut = (RecordedLanes(load_board("v821"), WHOLE_RUN) for _ in range(2))
    whole.take(start)
    for at in range(0, len(start), piece):
        cut.take(start[at : at + piece])
    assert whole.finish([]) == cut.finish([])


def test_files_are_the_same_bytes(recorded_run, tmp_path: Path):
    """The waveform with its lanes, and what is written for the viewers."""
    folder = recorded_run("visionfive2")
    ways = [tmp_path / name for name in ("decoded", "recorded")]
    for way in ways:
        way.mkdir()
        shutil.copy(folder / "waves.fst", way)
        shutil.copy(folder / "run.json", way)
    prepare_waveform(ways[0] / "waves.fst")
    prepare_recorded(ways[1] / "waves.fst", recorded(folder, "visionfive2"), [])
    files = [sorted(file for file in way.rglob("*") if file.is_file()) for way in ways]
    assert [f.relative_to(ways[0]) for f in files[0]] == [f.relative_to(ways[1]) for f in files[1]]
    for first, second in zip(*files, strict=True):
        assert first.read_bytes() == second.read_bytes(), first.name


def test_flaws_outside_of_the_window_are_not_in_it(recorded_run):
    """Neither as text nor as markers."""
    made = recorded(recorded_run("v821"), "v821", Window(1_000, 9_000))
    flaws = [Flaw(time, "used-id", "one", "other") for time in (9_001, 9_000, 1_000, 999)]
    lanes, inside = made.finish(flaws)
    assert [flaw.time_ns for flaw in inside] == [1_000, 9_000]
    lane = next(lane for lane in lanes if lane.name == "violations")
    assert lane.changes == [(1_000, "used-id: expected one, found other")]


def test_a_run_that_is_too_long_has_none(recorded_run, monkeypatch):
    """Memory does not grow with a run for ever."""
    monkeypatch.setattr(recorded_lanes, "MOST", 1_000)
    made = recorded(recorded_run("v821"), "v821", piece=10_000)
    assert made.too_many
    assert not [lane for lane in made.finish([])[0] if lane.changes]


def test_a_run_does_not_decode_its_waveform(monkeypatch, tmp_path: Path, capsys):
    """The command makes the lanes while the simulator runs."""
    monkeypatch.setattr("sim.viewers.prepare_waveform", None)
    monkeypatch.setattr("sim.viewers.prepare.open_and_decode", None)
    words = ["run", "echo", "--board", "v821", "--count", "5", "--waves", "--no-exports"]
    assert main([*words, "--out", str(tmp_path)]) == 0
    capsys.readouterr()
    assert (tmp_path / "waves.gtkw").exists()
    monkeypatch.undo()
    messages = decode(tmp_path / "waves.fst").link.messages
    assert (
        f"marker_set first_message {next(m for m in messages if not m.announcement).time_ns}"
        in (tmp_path / "waves.sucl").read_text()
    )
