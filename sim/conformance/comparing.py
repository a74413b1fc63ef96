# SPDX-License-Identifier: Apache-2.0
"""Compares what was observed of two runs, step by step, observable by observable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple

NOTHING = "nothing"
Views = Mapping[str, Sequence[str]]


class Row(NamedTuple):
    """One observable of one step. ``reason`` is that of a known difference."""

    step: str
    observable: str
    model: str
    kernel: str
    same: bool
    reason: str = ""

    @property
    def unexplained(self) -> bool:
        """Tell whether the two differ for no known reason."""
        return not self.same and not self.reason


def compare(
    step: str, model: Views, kernel: Views, known: Mapping[tuple[str, str], str]
) -> list[Row]:
    """Return a row for each observable that either run has of a step."""
    rows = []
    for observable in dict.fromkeys((*model, *kernel)):
        ours, theirs = model.get(observable, ()), kernel.get(observable, ())
        rows.append(_row(step, observable, ours, theirs, known.get((step, observable), "")))
    return rows


def _row(
    step: str, observable: str, model: Sequence[str], kernel: Sequence[str], reason: str
) -> Row:
    if list(model) == list(kernel):
        shown = whole(model)
        return Row(step, observable, shown, shown, True)
    ours, _ = first_difference(model, kernel)
    theirs, _ = first_difference(kernel, model)
    return Row(step, observable, ours, theirs, False, reason)


def first_difference(found: Sequence[str], other: Sequence[str]) -> tuple[str, str]:
    """Return where and what the first line is in which ``found`` differs, and the other's."""
    pairs = zip_longest(found, other, fillvalue=NOTHING)
    at, (ours, theirs) = next((at, pair) for at, pair in enumerate(pairs) if pair[0] != pair[1])
    return f"{at + 1} of {len(found)}: {ours}", theirs


def whole(lines: Sequence[str]) -> str:
    """Return lines as one text: the first and the last with their number."""
    if not lines:
        return NOTHING
    return lines[0] if len(lines) == 1 else f"{len(lines)}: {lines[0]} ... {lines[-1]}"
