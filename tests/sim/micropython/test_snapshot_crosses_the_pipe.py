# SPDX-License-Identifier: Apache-2.0
"""A run that stands still is explained with what the RTOS in MicroPython says of its threads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.cli import main


def explained(folder: Path, rtos: str) -> object:
    arguments = ["echo", "--count", "10", "--fault", "dropped-kick:nth=3", "--rtos", rtos]
    assert main(["run", *arguments, "--no-exports", "--out", str(folder / rtos)]) == 1
    return json.loads((folder / rtos / "hang.json").read_text())


@pytest.mark.usefixtures("capfd")
def test_same_explanation(tmp_path: Path):
    expected = explained(tmp_path, "cpython")
    assert explained(tmp_path, "micropython") == expected
    assert "echo" in json.dumps(expected)
