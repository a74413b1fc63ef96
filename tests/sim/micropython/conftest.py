# SPDX-License-Identifier: Apache-2.0
"""What several tests of MicroPython's processes use."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from sim.micropython.interpreter import VARIABLE, micropython_command


@pytest.fixture
def named_interpreter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The same MicroPython, named by the environment: it gets no memory that it shares."""
    command, _ = micropython_command()
    named = tmp_path / "micropython.sh"
    named.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
    named.chmod(0o755)
    monkeypatch.setenv(VARIABLE, str(named))
