# SPDX-License-Identifier: Apache-2.0
"""CLINT: time base, timer compare edges, software interrupts, on both simulators."""

from __future__ import annotations

from bench import run_block


def test_clint(simulator: str) -> None:
    run_block("clint", ["peripherals/clint.sv"], "clint_cases", simulator=simulator)
