# SPDX-License-Identifier: Apache-2.0
"""The source files of each block of hdl_models/fabric, for `run_block`."""

from __future__ import annotations


def _fabric(*names: str) -> list[str]:
    return [f"fabric/{name}.sv" for name in names]


RAM = _fabric("axi_span", "axi_ram_burst", "axi_ram_read", "axi_ram_write", "axi_ram")
