# SPDX-License-Identifier: Apache-2.0
"""``rpbuf`` fails when the RTOS alters what it sends back, or sends nothing back."""

from __future__ import annotations

import json
from pathlib import Path

from sim.cli import main

APP = Path(__file__).parent / "apps" / "rpbuf_badly.py"


def test_parts_that_are_altered_or_missing(tmp_path: Path):
    result = tmp_path / "result.json"
    out = ("--out", str(tmp_path / "out"), "--json", str(result), "--no-referee", "--no-exports")
    arguments = ("rpbuf", "--board", "v821", "--count", "3", "--app", str(APP))
    assert main(["run", *arguments, *out]) == 1
    checks = json.loads(result.read_text())["checks"]
    failed = {name: check["reason"] for name, check in checks.items() if not check["passed"]}
    programs = failed.pop("programs_succeeded")
    assert "1 buffers of 65536 bytes, 1 failed: " in programs
    assert "transmit buffer test4097 timeout" in programs
    assert failed == {
        "all_parts_came_back": "2 of 3",
        "rtos_read_what_was_sent": "2 read, 0 of them other than sent",
        "bytes_moved": "331777 to the RTOS and 327680 back",
    }
