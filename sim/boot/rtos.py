# SPDX-License-Identifier: Apache-2.0
"""The RTOS hart out of reset: it fetches its firmware from memory, checks it and runs it."""

from __future__ import annotations

from sim.boards import Board
from sim.core import Hart, Software
from sim.firmware import BootError, Program, fetch_image, load_modules
from sim.firmware.errors import BusFault


def rtos_hart(hart: Hart, board: Board, entry: int) -> Software:
    """Return the software of the RTOS hart: fetch the firmware from ``entry``, check it, run it."""
    hart.faults(BusFault)
    hart.thread("reset")
    code = board.rtos.next_region
    if entry != code.base:
        raise BootError.at("reset vector of the RTOS hart", f"0x{code.base:x}", f"0x{entry:x}")
    image = yield from fetch_image(entry, code.size)
    program: Program = load_modules(image.archive, image.entry)
    software: Software = program.boot(hart, program.board)
    return software
