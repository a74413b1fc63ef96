# SPDX-License-Identifier: Apache-2.0
"""Each planted hang, run on the RTL, is explained by what was planted: cause, thing and chain."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from planted_hangs import Planted, explain, run

MSIP_RTOS, MSIP_LINUX = "MSIP of hart 4", "MSIP of hart 1"
BOX_RTOS, BOX_LINUX = "msgbox of the E907, channel 0", "msgbox of the A27, channel 0"


VF2 = (
    Planted(
        "visionfive2",
        "lost-doorbell",
        MSIP_RTOS,
        "ring 1 (Linux to RTOS) has 1 available, published at",
        "dropped-kick:nth=5",
        rule="kick-missing",
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
        rule="line-missing",
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
        rule="application-unpublished",
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
        # The doorbell that is rung next, amid the messages; which, the firmware's size decides.
        "0x2000004 or 0x2000010",
        "the bus has taken its address and its data, a write response (BVALID) never came",
        "stuck-slave:after_us=40550",
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
    Planted(
        "visionfive2",
        "masked-interrupt",
        "hart 4 software enable",
        "the software interrupt line of hart 4 rose at",
        app="masks",
    ),
    Planted(
        "visionfive2",
        "ended",
        "replier",
        "replier (RTOS) was the last to receive a message, and has ended since",
        app="leaves",
    ),
    Planted(
        "visionfive2",
        "no-endpoint",
        "ring 0",
        "Linux gave the buffer of the last message of ring 0 back at",
        app="misaddressed",
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
        rule="msgbox-unanswered",
    ),
    Planted(
        "v821",
        "masked-interrupt",
        "PLIC source 123",
        "PLIC source 123, is not enabled for hart 0",
        "masked-interrupt:of=linux,at=plic",
    ),
    Planted(
        "v821",
        "wrong-id",
        BOX_RTOS,
        "the RTOS read 7 from msgbox of the E907, channel 0 at",
        "wrong-id:nth=0",
        rule="msgbox-word",
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
        options=("--count", "1000", "--hang-after", "4ms"),
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


@pytest.mark.parametrize(
    "planted", [*VF2, *V821], ids=lambda item: f"{item.board}-{item.fault or item.app}"
)
def test_hang_is_named(tmp_path: Path, planted: Planted):
    assert_named(explain(tmp_path, planted), planted)


def assert_named(document: dict[str, Any], planted: Planted) -> None:
    cause = document["cause"]
    assert cause["name"] == planted.cause
    assert cause["thing"] in planted.thing.split(" or ")
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


UNPUBLISHED = ("--fault", "unpublished:nth=3", "--hang-after", "2ms", "--count", "4")


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """The explanation and the event log of a run as any user makes it."""
    return said(tmp_path_factory.mktemp("usual"))


def said(directory: Path, *options: str) -> tuple[str, str]:
    _, result = run(directory, *UNPUBLISHED, *options)
    return (directory / "out" / "hang.json").read_text(), result["event_log_sha256"]


@pytest.mark.parametrize(
    "way", [("--port", "ctypes"), ("--sim", "icarus"), ("--every-clock",)], ids=" ".join
)
def test_explanation_is_the_same_through_every_port_and_simulator(tmp_path: Path, usual, way):
    assert said(tmp_path, *way) == usual


@pytest.mark.parametrize("planted", [VF2[7], VF2[8], VF2[9], V821[8]], ids=lambda item: item.cause)
def test_hang_is_named_with_the_rtos_in_micropython(tmp_path: Path, planted: Planted):
    options = (*planted.options, "--rtos", "micropython")
    assert_named(explain(tmp_path, planted._replace(options=options)), planted)
