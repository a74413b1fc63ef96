# SPDX-License-Identifier: Apache-2.0
"""The RTOS hart out of reset: it fetches its firmware from memory, checks it and runs it."""

from __future__ import annotations

from typing import Any, Protocol

from sim.boards import Board
from sim.core import Hart, Software
from sim.firmware import BootError, Image, Program, fetch_image, load_modules
from sim.firmware.errors import BusFault


class Runtime(Protocol):
    """The interpreter that runs the RTOS's firmware."""

    def start(self, hart: Hart, image: Image) -> Software:
        """Return the software of ``hart``: what is in ``image``, which has been checked."""

    def close(self) -> None:
        """Leave nothing running; the run has ended."""

    def details(self) -> dict[str, Any]:
        """Return what it adds to the result."""


class CPythonRuntime:
    """Runs firmware in the simulator's own interpreter."""

    def start(self, hart: Hart, image: Image) -> Software:
        """Return the generator of the firmware's entry."""
        program: Program = load_modules(image.archive, image.entry)
        software: Software = program.boot(hart, program.board)
        return software

    def close(self) -> None:
        """Nothing is left behind."""

    def details(self) -> dict[str, Any]:
        """Return nothing: this interpreter's memory says nothing of a microcontroller's."""
        return {}


def rtos_hart(hart: Hart, board: Board, entry: int, runtime: Runtime) -> Software:
    """Return the software of the RTOS hart: fetch the firmware from ``entry``, check it, run it."""
    hart.faults(BusFault)
    hart.thread("reset")
    code = board.rtos.next_region
    if entry != code.base:
        raise BootError.at("reset vector of the RTOS hart", f"0x{code.base:x}", f"0x{entry:x}")
    image = yield from fetch_image(entry, code.size)
    return runtime.start(hart, image)
