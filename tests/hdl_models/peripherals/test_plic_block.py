# SPDX-License-Identifier: Apache-2.0
"""PLIC: priorities, thresholds, claim and complete, gateways, contexts, on both simulators."""

from __future__ import annotations

from bench import run_block

SOURCES = ["peripherals/plic.sv", "peripherals/plic_target.sv"]


def test_plic(simulator: str) -> None:
    run_block("plic", SOURCES, "plic_cases", simulator=simulator)


def test_contexts_are_a_parameter(simulator: str) -> None:
    parameters = {"HARTS": 2, "CONTEXTS": "10'h041"}
    run_block("plic", SOURCES, "plic_context_cases", simulator=simulator, parameters=parameters)
