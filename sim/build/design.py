# SPDX-License-Identifier: Apache-2.0
"""An RTL design to build: which files, which top, with which parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import hdl_models
from sim.boards.model import Board
from sim.boards.views import rtl_parameters

HDL = Path(hdl_models.__file__).parent
INCLUDES = (HDL / "core", HDL / "observers", HDL / "soc")  # folders of the headers


@dataclass(frozen=True)
class Design:
    """RTL sources and the top module they are elaborated from.

    ``parameters`` override parameters of the top; ``includes`` are folders for `` `include``.
    """

    top: str
    sources: tuple[Path, ...]
    includes: tuple[Path, ...] = ()
    parameters: Mapping[str, int] = field(default_factory=dict)

    def files(self) -> list[Path]:
        """Return every file the result depends on, in a fixed order."""
        headers = [header for folder in self.includes for header in sorted(folder.glob("*.svh"))]
        return [*self.sources, *headers]


def soc_design(board: Board, upsets: bool = False) -> Design:
    """Return the simulation top of the SoC of a board, with the parameters of the board.

    With ``upsets`` Verilator is told to let the bench write what upsets write; elsewhere it may.
    """
    folders = ("core", "fabric", "observers", "peripherals")
    shared = [file for folder in folders for file in sorted((HDL / folder).glob("*.sv"))]
    own = sorted((HDL / "soc").glob(f"{board.soc}_*.sv"))
    control = [HDL / "faults" / "upsets.vlt"] if upsets else []
    sources = (*shared, *own, *control)
    return Design(f"{board.soc}_bench", sources, INCLUDES, rtl_parameters(board))
