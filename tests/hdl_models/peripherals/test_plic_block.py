# SPDX-License-Identifier: Apache-2.0
"""PLIC: priorities, thresholds, claim and complete, gateways, on both simulators."""

from __future__ import annotations

from bench import run_block


def test_plic(simulator: str) -> None:
    sources = ["peripherals/plic.sv", "peripherals/plic_target.sv"]
    run_block("plic", sources, "plic_cases", simulator=simulator)
