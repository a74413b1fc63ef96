# SPDX-License-Identifier: Apache-2.0
"""axi_demux in front of targets without any hold-off of their own, on both simulators."""

from __future__ import annotations

from bench import run_block


def test_axi_demux(simulator: str) -> None:
    run_block("axi_demux", ["fabric/axi_demux.sv"], "axi_demux_cases", simulator=simulator)
