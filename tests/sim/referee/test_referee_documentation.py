# SPDX-License-Identifier: Apache-2.0
"""The table of rules in the documentation is the one of the code."""

from __future__ import annotations

from pathlib import Path

from sim.referee.rules_table import rules_table

ROOT = Path(__file__).resolve().parents[3]


def test_the_table_of_rules_is_that_of_the_code() -> None:
    """`python -m sim.referee.rules_table` gives the end of docs/referee.md."""
    assert (ROOT / "docs/referee.md").read_text().endswith("\n\n" + rules_table())
