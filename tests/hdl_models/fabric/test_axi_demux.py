# SPDX-License-Identifier: Apache-2.0
"""axi_demux in front of targets without any hold-off of their own, on both simulators."""

from __future__ import annotations

from bench import run_block
from fabric_sources import DEMUX


def test_axi_demux(simulator: str) -> None:
    run_block("demux_alone", DEMUX, "axi_demux_cases", simulator=simulator)
