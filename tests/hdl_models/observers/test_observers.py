# SPDX-License-Identifier: Apache-2.0
"""The observers of memory, registers and interrupt sources, on both simulators."""

from __future__ import annotations

from pathlib import Path

from bench import run_block

from sim.build.native import build_core_port

RAM = ("axi_span", "axi_ram_burst", "axi_ram_read", "axi_ram_write", "axi_ram")
OBSERVERS = ("axi_observer", "apb_observer", "line_observer")


def test_observers(simulator: str) -> None:
    sources = [
        Path(__file__).with_name("observed_bus.sv"),
        *(f"fabric/{name}.sv" for name in RAM),
        *(f"observers/{name}.sv" for name in OBSERVERS),
    ]
    run_block(
        "observed_bus",
        sources,
        "observer_cases",
        simulator=simulator,
        extra_env={"CORE_PORT": str(build_core_port())},
        includes=["observers"],
    )
