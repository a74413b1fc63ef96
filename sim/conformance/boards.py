# SPDX-License-Identifier: Apache-2.0
"""The board of the model's run: VisionFive 2 with rings of the size that the kernel is given.

Its profile has Linux's work above the drivers cost nothing, as in the kernel's run: what is left
of time is that of the bus and the interrupts, so both hosts find the remote in the same state.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from sim.boards import load_board
from sim.boards.profile import PROFILE_FILE

BOARD = "visionfive2"
_RING_SIZE = re.compile(r"(ampsim,vring-num = )<\d+>")
_FREE = ("context_switch", "syscall", "wake_to_run", "copy", "rpmsg_call", "app_loop")


def write_board(folder: Path, ring: int) -> tuple[Path, Path]:
    """Write the devicetree and the profile into ``folder``; return both files."""
    folder.mkdir(parents=True, exist_ok=True)
    source = Path(load_board(BOARD).source)
    board = folder / f"{BOARD}.dts"
    board.write_text(_RING_SIZE.sub(rf"\g<1><{ring}>", source.read_text()))
    shutil.copyfile(source.with_name(PROFILE_FILE), folder / PROFILE_FILE)
    profile = folder / "no-time.toml"
    profile.write_text("".join(f"[linux.{name}]\nns = 0\n" for name in _FREE))
    return board, profile
