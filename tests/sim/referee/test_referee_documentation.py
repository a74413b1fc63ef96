# SPDX-License-Identifier: Apache-2.0
"""The table of rules in the documentation is the one of the code."""

from __future__ import annotations

import re
from pathlib import Path

from whole_run_rules import IN_WHOLE_RUNS

from sim.referee import RULES
from sim.referee.rules_table import rules_table

ROOT = Path(__file__).resolve().parents[3]


def test_the_table_of_rules_is_that_of_the_code() -> None:
    """`python -m sim.referee.rules_table` gives the end of docs/referee.md."""
    assert (ROOT / "docs/referee.md").read_text().endswith("\n\n" + rules_table())


def test_the_documentation_names_the_rules_that_fire_in_no_whole_run() -> None:
    """All others do, in some test."""
    text = (ROOT / "docs/referee.md").read_text()
    told = text.split("on lists of accesses alone:")[1].split("| rule |")[0]
    assert set(RULES) >= IN_WHOLE_RUNS
    assert set(re.findall(r"`([a-z0-9-]+)`", told)) == set(RULES) - IN_WHOLE_RUNS
    assert f"{len(IN_WHOLE_RUNS)} of the {len(RULES)} fire" in text
