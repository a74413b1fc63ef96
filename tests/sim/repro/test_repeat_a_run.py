# SPDX-License-Identifier: Apache-2.0
"""A failing run is repeated from its repro.json, event for event; what has changed is said."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from sim.cli import main

APP = """\
from rtos_side.kernel.thread import Thread
COMMAND = ("faulty", "raises")
async def start(kernel, console):
    async def entry():
        await kernel.delay(3)
        raise ZeroDivisionError("on purpose")
    await Thread(kernel, "worker", entry, 4096, 9, 20).startup()
"""


class Said:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out = code, out.lstrip()
        self.lines = [line.removeprefix("ampsim: ") for line in err.splitlines()]


def ampsim(capfd, *words: object) -> Said:
    code = main(["run", *map(str, words)])
    said = capfd.readouterr()
    return Said(code, said.out, said.err)


@pytest.fixture
def broken(capfd, tmp_path: Path) -> Path:
    """The repro.json of a run with an app that raises."""
    app = tmp_path / "faulty.py"
    app.write_text(APP)
    out = tmp_path / "first"
    assert ampsim(capfd, "boot", "--app", app, "--seed", 7, "--out", out).code == 1
    return out / "repro.json"


def test_a_broken_run_breaks_again_at_the_same_clock(capfd, broken, tmp_path):
    content = json.loads(broken.read_text())
    assert content["command"] == f"ampsim run boot --seed 7 --count 1 --app {tmp_path}/faulty.py"
    assert "ZeroDivisionError" in content["expected"]["error"]
    assert len(content["expected"]["event_log_sha256"]) == 64
    said = ampsim(capfd, "--repro", broken, "--out", tmp_path / "second")
    assert said.code == 1
    assert said.out == "reproduced: same event log, same outcome\n"
    assert said.lines == [content["expected"]["error"]]
    again = json.loads((tmp_path / "second" / "partial.json").read_text())
    assert again["event_log_sha256"] == content["expected"]["event_log_sha256"]


def test_a_changed_app_is_named_and_run_as_it_was(capfd, broken, tmp_path):
    app = tmp_path / "faulty.py"
    app.write_text(APP.replace("delay(3)", "delay(5)"))
    said = ampsim(capfd, "--repro", broken, "--out", tmp_path / "second")
    assert said.out == "reproduced: same event log, same outcome\n"
    assert said.lines[:-1] == [
        f"{broken}: app {app} has changed since: the run has the text it had then"
    ]


def test_what_differs_is_said(capfd, broken, tmp_path):
    content = json.loads(broken.read_text())
    content["versions"]["cocotb"] = "1.9.2"
    content["expected"]["event_log_sha256"] = "0" * 64
    broken.write_text(json.dumps(content))
    said = ampsim(capfd, "--repro", broken, "--out", tmp_path / "second")
    assert said.code == 1 and "reproduced" not in said.out
    assert said.lines[0].startswith(f"{broken}: cocotb: the run was made with 1.9.2, here is ")
    differs = f"not reproduced: event log sha256: expected {'0' * 64}, found "
    assert said.lines[1].startswith(differs)


def test_a_board_of_the_users_is_kept(capfd, tmp_path):
    """The profile file and the board are kept as text, so both may be gone."""
    source = Path(main.__code__.co_filename).parents[1] / "boards" / "visionfive2"
    shutil.copytree(source, tmp_path / "mine")
    (tmp_path / "mine" / "board.dts").rename(tmp_path / "mine" / "mine.dts")
    app = tmp_path / "hello.py"
    app.write_text("COMMAND = ('hello', '')\nasync def start(kernel, console):\n    pass\n")
    words = ("boot", "--board", tmp_path / "mine" / "mine.dts", "--app", app)
    said = ampsim(capfd, *words, "--out", tmp_path / "first")
    assert said.code == 1
    shutil.rmtree(tmp_path / "mine")
    said = ampsim(capfd, "--repro", tmp_path / "first" / "repro.json", "--out", tmp_path / "second")
    assert said.code == 1
    assert said.out.endswith("reproduced: same event log, same outcome\n")
    assert len(said.lines) == 1 and ": board " in said.lines[0]


def test_a_given_firmware_is_kept_in_a_copy(capfd, tmp_path):
    """The original may change or go, the folder may move; without either there is one line."""
    elf = tmp_path / "fw.elf"
    assert main(["firmware", "build", "-o", str(elf)]) == 0
    assert ampsim(capfd, "boot", "--firmware", elf, "--out", tmp_path / "run").code == 0
    first = (tmp_path / "run").rename(tmp_path / "first")
    content = json.loads((first / "repro.json").read_text())
    kept = content["files"]["firmware"]
    copy = "repro-files/firmware/fw.elf"
    assert kept["copy"] == copy and (first / copy).read_bytes() == elf.read_bytes()
    elf.write_bytes(elf.read_bytes() + b"\0")
    again = ("--repro", first / "repro.json", "--out", tmp_path / "second")
    said = ampsim(capfd, *again)
    assert said.code == 0 and "reproduced: same event log, same outcome\n" in said.out
    told = f"firmware {elf} has changed since: the run has its copy {copy}"
    assert said.lines == [f"{first / 'repro.json'}: {told}"]
    elf.unlink()
    (first / copy).write_bytes(b"something else")
    said = ampsim(capfd, *again)
    expected = f"firmware {elf}: expected SHA-256 {kept['sha256']}, found none"
    assert (said.code, said.lines) == (2, [f"{expected}, nor in its copy {first / copy}"])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "expected JSON, found Expecting value: line 1 column 1 (char 0)"),
        ("[1, 2]", "expected a repro.json of ampsim, found other JSON"),
        ('{"scenario": "echo"}', "expected a repro.json of ampsim, found other JSON"),
        ('{"ampsim_repro": 99}', "expected version 1, found 99"),
        ('{"ampsim_repro": 1}', "expected all fields of a repro.json, found 'expected'"),
    ],
)
def test_a_file_that_is_no_repro(capfd, tmp_path, text: str, reason: str):
    file = tmp_path / "repro.json"
    file.write_text(text)
    said = ampsim(capfd, "--repro", file)
    assert (said.code, said.lines) == (2, [f"{file}: {reason}"])


def test_repro_decides_everything(capfd, tmp_path):
    file = tmp_path / "repro.json"
    for words, name in ((("--seed", 4), "--seed"), (("echo",), "a scenario")):
        said = ampsim(capfd, "--repro", file, *words)
        told = f"--repro decides what is run: {name} cannot be given with it"
        assert (said.code, said.lines) == (2, [told])
    said = ampsim(capfd, "--repro", file)
    assert said.lines == [f"{file}: cannot be read: No such file or directory"]
    said = ampsim(capfd)
    assert said.lines == ["expected a scenario, or --repro FILE (see ampsim run --help)"]


CRASHES = Path(__file__).parents[1] / "hang" / "apps" / "crashes.py"
LATE = ("--hang-after", "5ms")
FAILURES = {
    "a violation and a hang": (
        ("echo", "--count", "8", "--referee", *LATE, "--seed", "5"),
        ("--fault", "dropped-kick:to=linux,nth=6", "--fault", "unpublished:by=rtos,nth=4"),
    ),
    "a crash in MicroPython": (
        ("echo", "--board", "v821", "--count", "1000", "--app", CRASHES, *LATE),
        ("--rtos", "micropython"),
    ),
}


@pytest.mark.parametrize("name", FAILURES)
def test_repro_json_alone_is_enough(capfd, tmp_path, name: str):
    """It holds the faults; the first run's folder is gone."""
    words, more = FAILURES[name]
    assert ampsim(capfd, *words, *more, "--no-exports", "--out", tmp_path / "first").code == 1
    kept = tmp_path / "kept.json"
    kept.write_bytes((tmp_path / "first" / "repro.json").read_bytes())
    shutil.rmtree(tmp_path / "first")
    said = ampsim(capfd, "--repro", kept, "--no-exports", "--out", tmp_path / "second")
    assert said.code == 1
    assert "reproduced: same event log, same outcome\n" in said.out
    assert said.lines == []
    expected = json.loads(kept.read_text())["expected"]
    result = json.loads((tmp_path / "second" / "result.json").read_text())
    assert result["event_log_sha256"] == expected["event_log_sha256"]
    assert "progress" in expected["failed_checks"]
