# SPDX-License-Identifier: Apache-2.0
"""The report shows the explanation of a hang with both sides' view of both rings."""

from __future__ import annotations

import json
from pathlib import Path

from page_reader import Page

from sim.report.facts import read_facts
from sim.report.page import page

RING = {
    "way": "Linux to RTOS",
    "entries": 2,
    "rows": [
        {"what": "avail index", "linux": 6, "memory": 5, "rtos": 5, "at_ns": 40552850},
        {"what": "used index", "linux": 4, "memory": 5, "rtos": None, "at_ns": None},
    ],
}
HANG = {
    "version": 1,
    "ended_by": "no progress",
    "time_ns": 60873160,
    "last_progress_ns": 40868160,
    "last_progress": "messages",
    "cause": {"name": "unpublished", "thing": "avail index of ring 1", "text": "6 < 5 & so on"},
    "chain": [
        {"text": "rpmsg_echo waits for a message", "where": "rpmsg_echo", "at_ns": 40578780},
        {"text": "entry 5 was not published", "where": "ring 1", "at_ns": None},
    ],
    "rings": [{"ring": 0, **RING}, {"ring": 1, **RING}],
    "threads": [{"side": "linux", "name": "init", "state": "sleeping", "what": "exit"}],
}
OUTCOME = {
    "scenario": "echo",
    "board": "visionfive2",
    "simulator": "verilator",
    "seed": 1,
    "passed": False,
    "checks": {"progress": {"passed": False, "reason": "no progress"}},
    "latency_ns": {},
    "violations": [],
    "artifacts": {},
}


def reported(directory: Path, hang: object) -> Page:
    (directory / "hang.json").write_text(json.dumps(hang))
    return Page(page(read_facts(directory, OUTCOME)))


def test_words_chain_and_both_views(tmp_path):
    found = reported(tmp_path, HANG)
    text = found.text["hang"]
    assert "unpublished: avail index of ring 1" in text and "6 < 5 & so on" in text
    assert "The last progress was at 40.868 ms (messages)" in text
    chain = ("rpmsg_echo waits for a message at 40.579 ms", "entry 5 was not published")
    assert text.index(chain[0]) < text.index(chain[1])
    rows = found.rows["hang"]
    assert rows.count(["avail index", "6", "5", "5", "40.553 ms"]) == 2
    assert rows.count(["used index", "4", "5", "", ""]) == 2
    assert ["linux", "init", "sleeping", "exit", "", ""] in rows


def test_a_document_of_another_version_is_left_out(tmp_path):
    for other in ({**HANG, "version": 2}, {}, []):
        assert "hang" not in reported(tmp_path, other).ids


def test_what_the_referee_found_is_listed_with_its_time(tmp_path):
    violation = {
        "rule": "VQ-01",
        "severity": "error",
        "time_ns": 41000000,
        "hart": None,
        "address": "0x6e400000",
        "expected": "<a>",
        "found": "b",
        "clause": "VirtIO 1.1",
    }
    files = {"waves": "waves.fst", "gtkwave": "waves.gtkw", "surfer": "waves.sucl"}
    outcome = {**OUTCOME, "violations": [violation] * 300, "artifacts": files}
    found = Page(page(read_facts(tmp_path, outcome)))
    (head, *rows) = found.rows["violations"]
    assert len(rows) == 200 and head[0] == "rule"
    assert rows[0][0] == "VQ-01" and rows[0][2].startswith("41000000 ns")
    assert rows[0][3].startswith("41000165 ns")
    assert rows[0][6] == "expected <a>, found b"
    assert f"cd {tmp_path} && gtkwave waves.gtkw" in found.text["waveform"]
    assert f"cd {tmp_path} && surfer --command-file waves.sucl" in found.text["waveform"]
    assert "100 more in result.json" in found.text["violations"]
