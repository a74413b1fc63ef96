# SPDX-License-Identifier: Apache-2.0
"""Planted hangs with a real kernel as the master: what the bench knows of it, it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sim.cli import main

pytestmark = pytest.mark.usefixtures("peer_files")

HOARDER = Path(__file__).parents[1] / "hang" / "apps" / "hoarder.py"
IDLE = "Linux (a real kernel) is idle until an interrupt, or its timer in "
LOST = "the doorbell of the RTOS was not rung"
HELD = "the RTOS has 4 of the 4 buffers of ring 1 and has not given them back"

HANGS = {
    "lost on visionfive2": (
        ("--count", "1", "--fault", "dropped-kick:nth=3"),
        ("lost-doorbell", "MSIP of hart 4", LOST),
    ),
    "lost on v821": (
        ("--board", "v821", "--count", "1", "--fault", "dropped-kick:nth=0"),
        ("lost-doorbell", "msgbox of the E907, channel 0", LOST),
    ),
    "buffers held": (
        ("--ring", "4", "--count", "8", "--app", str(HOARDER)),
        ("buffers-held", "ring 1", HELD),
    ),
}


def explanation(directory: Path, *options: str) -> dict[str, Any]:
    words = ("echo", "--host", "linux", "--hang-after", "20ms", "--no-exports")
    assert main(["run", *words, *options, "--out", str(directory)]) == 1
    document: dict[str, Any] = json.loads((directory / "hang.json").read_text())
    return document


@pytest.mark.parametrize("name", HANGS)
def test_hang_is_named(tmp_path: Path, name: str):
    options, (cause, thing, text) = HANGS[name]
    document = explanation(tmp_path, *options)
    found = document["cause"]
    assert (found["name"], found["thing"]) == (cause, thing)
    assert text in found["text"]
    first = document["chain"][0]["text"]
    assert first.startswith(IDLE) and "the last line on its console: " in first


def test_rings_are_those_that_the_kernel_has_made(tmp_path: Path):
    options = ("--ring", "16", "--count", "1", "--fault", "dropped-kick:nth=3")
    to_linux, to_rtos = explanation(tmp_path, *options)["rings"]
    assert (to_linux["entries"], to_rtos["entries"]) == (16, 16)
    rows = {row["what"]: row for row in to_rtos["rows"]}
    avail = rows["avail index"]
    assert (avail["linux"], avail["memory"], avail["rtos"]) == (1, 1, 0)
    assert rows["used index"]["linux"] is None  # nobody knows, and nothing is said
    rows = {row["what"]: row for row in to_linux["rows"]}
    assert (rows["used index"]["linux"], rows["used index"]["memory"]) == (1, 1)


def test_a_kernel_that_waits_for_its_timer_is_no_hang(tmp_path: Path):
    """The program sleeps for 150 ms at the end of this scenario, and nothing is under way."""
    words = ("linux-test", "--host", "linux", "--count", "1", "--hang-after", "10ms")
    assert main(["run", *words, "--no-exports", "--out", str(tmp_path)]) == 0
