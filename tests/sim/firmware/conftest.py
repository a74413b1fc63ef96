# SPDX-License-Identifier: Apache-2.0
"""The board as the RTOS sees it, a small RTOS tree, and the firmware built from both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_rtos import write_tree

from sim.boards import load_board, load_profile
from sim.boards.views import rtos_board
from sim.firmware import build_firmware


@pytest.fixture(scope="session")
def board() -> dict[str, Any]:
    description = load_board("visionfive2")
    return rtos_board(description, load_profile(description))


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tree(tmp_path_factory.mktemp("rtos"))


@pytest.fixture(scope="session")
def firmware(tmp_path_factory: pytest.TempPathFactory, board: dict[str, Any], tree: Path) -> Path:
    out = tmp_path_factory.mktemp("firmware") / "hello.elf"
    return build_firmware(board, "hello", out, sources=tree)
