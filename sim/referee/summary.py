# SPDX-License-Identifier: Apache-2.0
"""What the referee has found in one sentence."""

from __future__ import annotations

from sim.referee.referee import Referee
from sim.referee.rule import RULES


def summary(referee: Referee) -> str:
    """Return how much was seen, and which rule fired how often."""
    counts, messages = referee.report.counts, referee.link.messages
    seen = f"{messages} message{'' if messages == 1 else 's'}"
    if not counts:
        return f"{seen}, none of {len(RULES)} rules broken"
    broken = ", ".join(f"{rule} ({count})" for rule, count in counts.most_common())
    return f"{seen}, broken: {broken}"
