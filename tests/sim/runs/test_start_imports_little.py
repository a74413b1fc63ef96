# SPDX-License-Identifier: Apache-2.0
"""A run's two processes import neither libraries nor drivers that this run has no use for."""

from __future__ import annotations

import subprocess
import sys

import pytest

COMMAND = "from sim.cli.main import parser; parser(['run'])"
SIMULATOR = (
    "import sim.inside.session, sim.boot.jh7110; "
    "from sim.firmware import fetch_image, load_modules, read_elf"
)
SLOW = {"elftools", "cryptography", "rich", "filelock", "cocotb_tools", "matplotlib", "pytest"}
OTHER_BOARD = {
    "host_side.remoteproc.sunxi_rproc",
    "host_side.mailbox.sunxi_msgbox",
    "host_side.rpbuf.sunxi_controller",
    "host_side.services.vendor",
    "host_side.programs.rpbuf_test",
    "sim.boot.v821",
}


def imported(code: str) -> set[str]:
    program = f"{code}; import sys; print(' '.join(sys.modules))"
    command = [sys.executable, "-c", program]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(result.stdout.split())


@pytest.mark.parametrize("code", [COMMAND, SIMULATOR], ids=["command", "simulator"])
def test_slow_libraries_are_not_imported(code: str):
    assert not {name.partition(".")[0] for name in imported(code)} & SLOW


def test_what_belongs_to_another_board_is_not_imported():
    assert not imported(SIMULATOR) & OTHER_BOARD
