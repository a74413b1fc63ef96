# SPDX-License-Identifier: Apache-2.0
"""axi_to_apb and apb_decode in front of two APB slaves, on both simulators."""

from __future__ import annotations

from bench import run_block
from fabric_sources import APB_PATH


def test_axi_to_apb(simulator: str) -> None:
    run_block("apb_path", APB_PATH, "axi_to_apb_cases", simulator=simulator)
