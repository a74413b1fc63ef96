# SPDX-License-Identifier: Apache-2.0
"""A firmware for the V821, built once, and machines that boot it from a chosen medium."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from boot_machine import BOARD, PROFILE, Machine

from sim.boards.views import rtos_board
from sim.firmware import build_firmware


@pytest.fixture(scope="session")
def mcu(tmp_path_factory: pytest.TempPathFactory) -> Path:
    board = rtos_board(BOARD, PROFILE)
    folder = tmp_path_factory.mktemp("mcu")
    return build_firmware(board, "rpmsg_linux_test", folder / "amp_rv0.bin")


@pytest.fixture
def machine(mcu: Path, tmp_path: Path) -> Callable[..., Machine]:
    return lambda **choice: Machine(tmp_path, mcu, **choice)
