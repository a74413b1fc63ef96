# SPDX-License-Identifier: Apache-2.0
"""Where Python's headers are missing a run takes the ctypes port, says so, and stays the same."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from sim.cli import main


def echo(directory: Path, *more: str) -> str:
    """Event log of a short echo."""
    result = directory / "result.json"
    arguments = ["run", "echo", "--count", "3", "--out", str(directory), "--json", str(result)]
    assert main([*arguments, *more]) == 0
    return json.loads(result.read_text())["event_log_sha256"]


def test_missing_headers_cost_one_line(capfd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    expected = echo(tmp_path / "extension")
    assert "Python.h" not in capfd.readouterr().err
    monkeypatch.setattr("sim.build.native.python_headers", lambda: None)
    assert echo(tmp_path / "ctypes") == expected
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert capfd.readouterr().err.splitlines() == [
        f"ampsim: Python.h not found for Python {version}: install the package "
        f"python{version}-dev (the slower port ctypes is used)"
    ]
    assert json.loads((tmp_path / "ctypes" / "run.json").read_text())["port"] == "ctypes"


def test_port_on_the_command_line(capfd, tmp_path: Path):
    assert echo(tmp_path / "a", "--port", "ctypes") == echo(tmp_path / "b", "--port", "extension")
    assert capfd.readouterr().err == ""
