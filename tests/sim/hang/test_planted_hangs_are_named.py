# SPDX-License-Identifier: Apache-2.0
"""Each planted hang, run on the RTL, is explained by what was planted: cause, thing and chain."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from sim.cli import main

APPS = Path(__file__).parent / "apps"
MSIP_RTOS, MSIP_LINUX = "MSIP of hart 4", "MSIP of hart 1"
BOX_RTOS, BOX_LINUX = "msgbox of the E907, channel 0", "msgbox of the A27, channel 0"


class Planted(NamedTuple):
    """A hang: what is planted, and what the explanation has to name."""

    board: str
    cause: str
    thing: str
    step: str
    """Words that some step of the chain has to have."""
    fault: str = ""
    app: str = ""
    options: tuple[str, ...] = ()


VF2 = (
    Planted(
        "visionfive2",
        "lost-doorbell",
        MSIP_RTOS,
        "ring 1 (Linux to RTOS) has 1 available, published at",
        "dropped-kick:nth=5",
    ),
    Planted(
        "visionfive2",
        "lost-doorbell",
        MSIP_LINUX,
        "ring 0 (RTOS to Linux) has 1 used, published at",
        "dropped-kick:to=linux,nth=0",
    ),
    Planted(
        "visionfive2",
        "cleared-interrupt",
        MSIP_RTOS,
        "the kick of it: write of 1 to MSIP of hart 4 (0x2000010) at",
        "cleared-interrupt:nth=5",
    ),
    Planted(
        "visionfive2",
        "unpublished",
        "avail index of ring 1",
        "Linux counts 3 in the avail index of ring 1, memory has 2: entry 2 was not published",
        "unpublished:nth=3",
    ),
    Planted(
        "visionfive2",
        "unpublished",
        "used index of ring 0",
        "the RTOS wrote a used entry of ring 0 at",
        "unpublished:by=rtos,nth=3",
    ),
    Planted(
        "visionfive2",
        "in-reset",
        "hart 4",
        "hart 4 (the RTOS) was never let out of reset",
        "held-reset",
    ),
    Planted(
        "visionfive2",
        "link-down",
        MSIP_RTOS,
        "echo (RTOS) waits for the link",
        "link-down",
    ),
    Planted(
        "visionfive2",
        "stuck-bus",
        "0x2000004",
        "the bus has taken its address and its data, a write response never came",
        "stuck-slave:after_us=40460",
        options=("--hang-after", "1ms"),
    ),
    Planted(
        "visionfive2",
        "starved",
        "spinner",
        "spinner (RTOS), priority 3, has held the processor since",
        app="starved",
        options=("--count", "1000"),
    ),
    Planted(
        "visionfive2",
        "deadlock",
        "log, state",
        "mutex state is held by replier (RTOS)",
        app="deadlocked",
        options=("--hang-after", "50ms"),
    ),
    Planted(
        "visionfive2",
        "never-given",
        "credit",
        "replier (RTOS) waits for semaphore credit",
        app="ungiven",
    ),
    Planted(
        "visionfive2",
        "buffers-held",
        "ring 1",
        "rpmsg_echo (Linux) waits for a free tx buffer of virtio0",
        app="hoarder",
    ),
)
V821 = (
    Planted(
        "v821",
        "masked-interrupt",
        f"{BOX_RTOS} RD_IRQ_EN",
        "8 of 8 words (full) wait in the FIFO of msgbox of the E907, channel 0",
        "masked-interrupt",
        options=("--hang-after", "60ms"),
    ),
    Planted(
        "v821",
        "masked-interrupt",
        "PLIC source 123",
        "PLIC source 123 is not enabled for hart 0",
        "masked-interrupt:of=linux,at=plic",
    ),
    Planted(
        "v821",
        "wrong-id",
        BOX_RTOS,
        "the RTOS read 7 from msgbox of the E907, channel 0 at",
        "wrong-id:nth=0",
    ),
    Planted(
        "v821",
        "cleared-interrupt",
        "PLIC source 144",
        "it is not pending and nobody has claimed it",
        "cleared-interrupt:nth=5",
        options=("--sim", "icarus"),
    ),
    Planted(
        "v821",
        "lost-doorbell",
        BOX_LINUX,
        "the doorbell of Linux was not rung",
        "dropped-kick:to=linux,nth=0",
    ),
    Planted("v821", "link-down", "DRIVER_OK", "amp_init (RTOS) waits for the driver", "link-down"),
    Planted("v821", "in-reset", "hart 1", "hart 1 (the RTOS) is held in reset", "held-reset"),
    Planted(
        "v821",
        "full-fifo",
        "msgbox of the A27, channel 1",
        "flood (RTOS) waits for room in the FIFO of the A27's message box, channel 1",
        app="wrong_channel",
        options=("--count", "1000"),
    ),
    Planted(
        "v821",
        "crashed",
        "hart 1",
        "the software of hart 1 (the RTOS) has crashed: it is in its exception",
        app="crashes",
        options=("--count", "1000"),
    ),
)


def run(directory: Path, *options: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the result of a run of echoes that makes no progress for 20 ms."""
    result = directory / "result-file.json"
    out = ("--out", str(directory / "out"), "--json", str(result))
    code = main(["run", "echo", "--count", "8", "--hang-after", "20ms", *out, *options])
    return code, json.loads(result.read_text())


def explain(directory: Path, planted: Planted) -> dict[str, Any]:
    """The explanation of a planted hang; the run has failed by its check `progress` alone."""
    options = ["--board", planted.board]
    if planted.fault:
        options += ["--fault", planted.fault]
    if planted.app:
        options += ["--app", str(APPS / f"{planted.app}.py")]
    code, result = run(directory, *options, *planted.options)
    document: dict[str, Any] = json.loads((directory / "out" / "hang.json").read_text())
    assert code == 1
    assert [name for name, check in result["checks"].items() if not check["passed"]] == ["progress"]
    assert document["cause"]["text"] in result["checks"]["progress"]["reason"]
    return document


@pytest.mark.parametrize(
    "planted", [*VF2, *V821], ids=lambda item: f"{item.board}-{item.fault or item.app}"
)
def test_hang_is_named(tmp_path: Path, planted: Planted):
    document = explain(tmp_path, planted)
    cause = document["cause"]
    assert (cause["name"], cause["thing"]) == (planted.cause, planted.thing)
    assert any(planted.step in step["text"] for step in document["chain"])
    assert document["time_ns"] > document["last_progress_ns"] > 0
    assert [ring["way"] for ring in document["rings"]] == ["RTOS to Linux", "Linux to RTOS"]


def test_explanation_is_on_the_terminal_and_in_the_folder(tmp_path: Path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    document = explain(tmp_path, VF2[0])
    printed = capsys.readouterr().out
    text = (tmp_path / "out" / "hang.txt").read_text()
    assert "lost-doorbell: MSIP of hart 4" in printed
    assert "Both rings, as each side sees them" in printed
    assert text.startswith("lost-doorbell: MSIP of hart 4\n" + document["cause"]["text"])
    assert "<- " in text and "0 RTOS to Linux, 2 entries" in text


@pytest.mark.parametrize(
    "way", [("--port", "ctypes"), ("--sim", "icarus"), ("--every-clock",)], ids=" ".join
)
def test_explanation_is_the_same_through_every_port_and_simulator(tmp_path: Path, way):
    fault = ("--fault", "unpublished:nth=3", "--hang-after", "2ms", "--count", "4")
    documents, logs = [], []
    for name, options in (("usual", ()), ("other", way)):
        _, result = run(tmp_path / name, *fault, *options)
        documents.append((tmp_path / name / "out" / "hang.json").read_text())
        logs.append(result["event_log_sha256"])
    assert documents[0] == documents[1]
    assert logs[0] == logs[1]
