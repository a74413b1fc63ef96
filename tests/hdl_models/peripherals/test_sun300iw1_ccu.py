# SPDX-License-Identifier: Apache-2.0
"""Clocks and resets of the V821, on both simulators."""

from __future__ import annotations

from bench import run_block


def test_sun300iw1_ccu(simulator: str) -> None:
    sources = ["peripherals/sun300iw1_ccu.sv"]
    run_block("sun300iw1_ccu", sources, "sun300iw1_ccu_cases", simulator=simulator)
