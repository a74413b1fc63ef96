# SPDX-License-Identifier: Apache-2.0
"""The explanation of a hang, as ``hang.json`` has it."""

from __future__ import annotations

from sim.report.facts import Facts
from sim.report.markup import Markup, el


def hang(facts: Facts) -> Markup | None:
    """Return the explanation in words, the wait-for chain and both rings, where there are any."""
    text = facts.hang.get("text")
    return el("pre", str(text)) if text else None
