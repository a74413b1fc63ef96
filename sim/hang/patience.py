# SPDX-License-Identifier: Apache-2.0
"""Tells a hang from a wait that ends by itself: one with a time-out longer than the patience."""

from __future__ import annotations

from collections.abc import Iterable

from sim.hang.explanation import Cause, Explanation, Step, ms
from sim.hang.facts import Facts, Thread
from sim.hang.phrases import label


def in_time(found: Explanation, waiting: Iterable[Thread], facts: Facts) -> Explanation:
    """Return what was found, or SLEEPS when somebody who waits there goes on by himself.

    Only where nothing is broken: a doorbell that was lost stays lost, whoever gives up on it. A
    time-out shorter than the patience excuses nobody: it has run out, and was begun again.
    """
    if not found.cause.faultless:
        return found
    for thread in waiting:
        left = thread.time_left_ns
        if left and not thread.polls and facts.now_ns - thread.since_ns + left > facts.patience_ns:
            text = _not_stuck(thread, facts.patience_ns)
            step = Step(text, thread.name, thread.since_ns)
            return Explanation(Cause.SLEEPS, thread.name, text, (*found.steps, step))
    return found


def _not_stuck(thread: Thread, patience_ns: int) -> str:
    """Return who goes on by himself, and when."""
    text = f"nobody is stuck: {label(thread)} goes on by itself within {ms(thread.time_left_ns)}"
    shorter = f"; --hang-after ({ms(patience_ns)}) is shorter than that time-out"
    return text + (shorter if patience_ns else "")
