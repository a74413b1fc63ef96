# SPDX-License-Identifier: Apache-2.0
"""`ampsim list` names every board and scenario, and says which scenarios need remoteproc."""

from __future__ import annotations

import pytest

from sim.boards import list_boards
from sim.cli import main
from sim.faults.catalog import KINDS
from sim.scenarios import SCENARIOS


def test_list_names_what_there_is(capsys: pytest.CaptureFixture[str], monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    assert main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    named = {line.split()[0]: line for line in lines if line.startswith(" ")}
    assert {*list_boards(), *SCENARIOS, *KINDS} <= named.keys()
    needing = {name for name in SCENARIOS if "(--board v821: remoteproc)" in named[name]}
    assert needing == {"lifecycle", "rpbuf", "services"}
