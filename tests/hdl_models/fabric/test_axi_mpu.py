# SPDX-License-Identifier: Apache-2.0
"""axi_mpu on its own in front of a foreign memory, on both simulators."""

from __future__ import annotations

from bench import run_block
from fabric_sources import ALONE_MPU


def test_axi_mpu(simulator: str) -> None:
    run_block("mpu_alone", ALONE_MPU, "axi_mpu_alone_cases", simulator=simulator)
