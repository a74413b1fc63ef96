# SPDX-License-Identifier: Apache-2.0
"""Serial clock enable: 6 pulses in every 25 clocks, evenly spread, on both simulators."""

from __future__ import annotations

from bench import run_block


def test_clock_enable(simulator: str) -> None:
    run_block(
        "clock_enable",
        ["peripherals/clock_enable.sv"],
        "clock_enable_cases",
        simulator=simulator,
    )
