# SPDX-License-Identifier: Apache-2.0
"""Faulty software on the real RTL: the referee names what an app or Linux does wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from faulty_runs import violations

HERE = Path(__file__).parent
APP = (HERE / "faulty_app.py").read_text()
VF2, V821 = "visionfive2", "v821"

RTOS_FAULTS = [
    (VF2, "name-unterminated"),
    (V821, "name-address-in-use"),
    (VF2, "message-dead-endpoint"),
    (V821, "message-dead-endpoint"),
    (VF2, "message-incomplete"),
    (V821, "buffer-written-after-publish"),
    (V821, "kick-without-publish"),
    (VF2, "ring-used-length"),
    (V821, "header-flags"),
    (VF2, "ring-driver-part-written-by-device"),
]
NAME_RULES = {
    "name-address",
    "name-address-in-use",
    "name-empty",
    "name-exists",
    "name-flags",
    "name-length",
    "name-source",
    "name-unknown",
}
LINUX_FAULTS = [
    (VF2, "ring-desc-too-long"),
    (V821, "ring-desc-too-long"),
    (V821, "status-order"),
    (V821, "features-not-offered"),
]


@pytest.mark.parametrize(("board", "rule"), RTOS_FAULTS)
def test_a_fault_of_the_rtos(board: str, rule: str, tmp_path: Path) -> None:
    """An app that breaks the rule, by itself or in the library under it."""
    app = tmp_path / "faulty.py"
    app.write_text(APP.replace('FAULT = "none"', f'FAULT = "{rule}"'))
    assert rule in violations(board, tmp_path / "out", app=app)


def test_bad_announcements_of_the_rtos(tmp_path: Path) -> None:
    """All in one run: both sides go on after each."""
    app = tmp_path / "faulty.py"
    app.write_text(APP.replace('FAULT = "none"', 'FAULT = "names"'))
    assert violations(V821, tmp_path / "out", app=app) == NAME_RULES


@pytest.mark.parametrize("board", [VF2, V821])
def test_the_app_without_its_fault(board: str, tmp_path: Path) -> None:
    """What fires is the fault, not the app around it."""
    assert violations(board, tmp_path / "out", app=HERE / "faulty_app.py") == set()


@pytest.mark.parametrize(("board", "rule"), LINUX_FAULTS)
def test_a_fault_of_linux(board: str, rule: str, tmp_path: Path, monkeypatch) -> None:
    """A part of Linux that is changed inside the simulator's process."""
    monkeypatch.syspath_prepend(HERE / "faulty_linux")
    monkeypatch.setenv("AMPSIM_TEST_FAULT", rule)
    assert rule in violations(board, tmp_path)
