# SPDX-License-Identifier: Apache-2.0
"""axi_ram as an AXI4 master sees it, on both simulators."""

from __future__ import annotations

from bench import run_block
from fabric_sources import ALONE_RAM


def test_axi_ram(simulator: str) -> None:
    window = {"BASE": 0x6E40_0000, "BYTES": 0xF800}
    run_block("ram_alone", ALONE_RAM, "axi_ram_cases", simulator=simulator, parameters=window)
