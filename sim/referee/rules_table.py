# SPDX-License-Identifier: Apache-2.0
"""The rules as a table for the documentation: ``python -m sim.referee.rules_table``."""

from __future__ import annotations

import sys

from sim.referee import RULES


def rules_table() -> str:
    """Return all rules as a Markdown table."""
    rows = [
        "| rule | severity | what has to hold | where that comes from |",
        "| --- | --- | --- | --- |",
    ]
    for _, rule in sorted(RULES.items()):
        severity = rule.severity.name.lower()
        rows.append(f"| `{rule.id}` | {severity} | {rule.text} | {rule.clause} |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    sys.stdout.write(rules_table())
