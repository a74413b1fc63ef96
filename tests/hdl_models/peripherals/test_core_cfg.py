# SPDX-License-Identifier: Apache-2.0
"""Configuration blocks of the A27 and the E907, on both simulators."""

from __future__ import annotations

from bench import run_block


def test_e907_cfg(simulator: str) -> None:
    run_block(
        "e907_cfg",
        ["peripherals/e907_cfg.sv"],
        "core_cfg_cases",
        simulator=simulator,
        parameters={"RESET_ADDRESS": 0x1234},
        extra_env={"CORE": "e907", "RESET_ADDRESS": "0x1234"},
    )


def test_a27_cfg(simulator: str) -> None:
    run_block(
        "a27_cfg",
        ["peripherals/a27_cfg.sv"],
        "core_cfg_cases",
        simulator=simulator,
        extra_env={"CORE": "a27"},
    )
