# SPDX-License-Identifier: Apache-2.0
"""The waveform of a run with a real kernel has the lanes of the link, though not all is on its bus.

They are compared with what the comparison of both hosts sees in the same records (`observed()`).
"""

import shutil
from pathlib import Path

import pytest
import pywellen

from sim.cli import main
from sim.conformance.observed import What, observed
from sim.life.message import Ring
from sim.linux_peer.board import board_of_run
from sim.record_file import HEADER
from sim.runs.config import config_beside
from sim.runs.lanes import LanesOfRun, viewers_files
from sim.runs.waves import CLOCK_0_NS, WHOLE_RUN, Waves, Window
from sim.viewers.recorded_lanes import RecordedLanes

pytestmark = pytest.mark.usefixtures("peer_files")

MESSAGES = {
    What.LINUX_MESSAGE: Ring.TO_RTOS,
    What.LINUX_NAME: Ring.TO_RTOS,
    What.RTOS_MESSAGE: Ring.TO_LINUX,
    What.RTOS_NAME: Ring.TO_LINUX,
}


def run(folder: Path, scenario: str, *words: str) -> None:
    """Make a run, which has passed."""
    assert main(["run", scenario, "--host", "linux", "--out", str(folder), *words]) == 0


def recorded(folder: Path, window: Window = WHOLE_RUN) -> RecordedLanes:
    """The lanes made of the run's records."""
    board = board_of_run(folder / "records.bin")
    assert board is not None
    made = RecordedLanes(board, window)
    made.take((folder / "records.bin").read_bytes()[HEADER.size :])
    made.finish([])
    return made


def shown(folder: Path, name: str) -> list[tuple[int, object]]:
    """The changes of a lane of the waveform, as a reader of others finds them."""
    waveform = pywellen.Waveform(str(folder / "waves.fst"))
    lane = next(v for v in waveform.all_vars() if v.full_name == f"decoded.{name}")
    return list(lane.tv)


@pytest.mark.parametrize("board", ["visionfive2", "v821"])
def test_each_message_is_there_at_its_time(board: str, tmp_path: Path):
    run(tmp_path, "burst", "--ring", "4", "--count", "30", "--board", board)
    made = recorded(tmp_path)
    seen = observed(tmp_path / "records.bin", made.board, tmp_path / "rtthread.elf")
    expected = [
        (sight.time_ns + CLOCK_0_NS, MESSAGES[sight.what], sight.text.split(": ")[1])
        for sight in seen.sights
        if sight.what in MESSAGES
    ]
    found = []
    for message in made.link.messages:
        header, length = message.content[:16], message.length
        assert length is not None and message.payload is not None
        raw = f"{header.hex(' ', 4)} {message.payload.hex()}"
        found.append((message.time_ns, message.ring, raw))
        # A message is published, announced by a doorbell or the one before, read, given back.
        assert message.time_ns < message.steps["take"] <= message.steps["free"]
        assert message.steps.get("kick", message.time_ns) >= message.time_ns
    assert found == expected
    assert len(found) == 60 + {"visionfive2": 3, "v821": 8}[board]
    assert not made.link.notes
    lanes = {lane.name: [text for _, text in lane.changes if text] for lane in made.finish([])[0]}
    assert lanes["linux_to_rtos"][0] == "ahovcjqx"
    assert any(str(text).endswith(" (+3)") for text in lanes["linux_to_rtos"])
    accesses = set(lanes[f"hart{made.link.map.rtos}_bus"])
    assert {"read vring1.desc[0].len = 0x18", "write vring0.used.idx = 0x1e"} <= accesses
    assert "write buffer[0]+0x4 = 0x35" in accesses


def test_rings_that_move_when_the_link_starts_over(tmp_path: Path, recorded_run):
    run(tmp_path, "remote-restart", "--count", "3", "--board", "v821")
    made = recorded(tmp_path)
    messages = made.link.messages
    names = [message.text for message in messages if message.announcement]
    rounds = len(names) // len(set(names))
    assert rounds > 1 and names == names[: len(names) // rounds] * rounds
    rings: dict[Ring, list[int]] = {ring: [] for ring in Ring}
    for change in made.link.changes:
        if change.part == "avail" and change.old is None:
            rings[change.ring].append(change.new)
    assert rings == {ring: [1] * rounds for ring in Ring}
    assert not made.link.notes and not any(message.lost for message in messages)
    # A window of it knows the place of the rings from before: what it shows is the same.
    echoes = [message for message in messages if not message.announcement]
    window = Window(echoes[-4].time_ns - 500, echoes[-1].time_ns + 50_000)
    part = recorded(tmp_path, window).link.messages
    assert [m.as_dict()["steps_ns"] for m in part] == [m.steps for m in echoes[-4:]]
    assert [m.text for m in part] == [m.text for m in echoes[-4:]]
    # They get into a waveform: one of a run with the model, for which there is a simulator already.
    shutil.copy(recorded_run("v821") / "waves.fst", tmp_path)
    config = config_beside(tmp_path / "records.bin")
    assert config is not None
    lanes = LanesOfRun.of(config, Waves("fst", WHOLE_RUN))
    assert lanes is not None
    lanes()((tmp_path / "records.bin").read_bytes()[HEADER.size :])
    files = viewers_files(tmp_path / "waves.fst", {"violations": []}, lanes)
    assert set(files) == {"gtkwave", "surfer"}
    assert "create rpmsg-raw at 0x401" in str(shown(tmp_path, "rtos_to_linux"))
    assert "first_message" in files["gtkwave"].read_text()
