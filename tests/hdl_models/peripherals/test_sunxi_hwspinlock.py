# SPDX-License-Identifier: Apache-2.0
"""Hardware spinlocks, on both simulators."""

from __future__ import annotations

from bench import run_block


def test_sunxi_hwspinlock(simulator: str) -> None:
    sources = ["peripherals/sunxi_hwspinlock.sv"]
    run_block("sunxi_hwspinlock", sources, "sunxi_hwspinlock_cases", simulator=simulator)
