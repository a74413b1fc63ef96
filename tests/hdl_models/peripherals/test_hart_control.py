# SPDX-License-Identifier: Apache-2.0
"""Reset and boot-address controller, on both simulators."""

from __future__ import annotations

from bench import run_block


def test_hart_control(simulator: str) -> None:
    run_block(
        "hart_control",
        ["peripherals/hart_control.sv"],
        "hart_control_cases",
        simulator=simulator,
    )
