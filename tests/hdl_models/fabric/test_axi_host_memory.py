# SPDX-License-Identifier: Apache-2.0
"""axi_host_memory as an AXI4 master and the owner of the memory see it, on both simulators."""

from __future__ import annotations

import pytest
from bench import run_block
from fabric_sources import HOST_MEMORY


# With all of its window backed it is a RAM: what holds for axi_ram holds for it.
@pytest.mark.parametrize("cases", ["host_memory_as_ram_cases", "axi_host_memory_cases"])
def test_axi_host_memory(cases: str, simulator: str) -> None:
    window = {"BASE": 0x6E40_0000, "BYTES": 0xF800}
    run_block(
        "host_memory_alone",
        HOST_MEMORY,
        cases,
        simulator=simulator,
        parameters=window,
        includes=["core"],
        native=True,
    )
