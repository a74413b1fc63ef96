# SPDX-License-Identifier: Apache-2.0
"""An RTL design to build: which files, which top, with which parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import hdl_models

HDL = Path(hdl_models.__file__).parent


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


def soc_design(parameters: Mapping[str, int]) -> Design:
    """Return the SoC bench (top ``amp_bench``) with the parameters of a board."""
    folders = ("core", "fabric", "peripherals", "soc")
    sources = tuple(file for folder in folders for file in sorted((HDL / folder).glob("*.sv")))
    return Design("amp_bench", sources, (HDL / "core",), dict(parameters))
