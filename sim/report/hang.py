# SPDX-License-Identifier: Apache-2.0
"""The explanation of a hang, as ``hang.json`` has it (docs/hangs.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.report.facts import Facts
from sim.report.markup import Markup, el, join, table
from sim.report.numbers import span, words

VERSION = 1
_VIEWS = {"linux": "Linux", "memory": "memory", "rtos": "RTOS"}
_THREADS = ("side", "name", "state", "what", "where", "holder")


def hang(facts: Facts) -> Markup | None:
    """Return the explanation in words, the chain that leads to it, and both views of both rings."""
    document = facts.hang
    if document.get("version") != VERSION:
        return None
    cause = document["cause"]
    thing = f": {cause['thing']}" if cause["thing"] else ""
    last = (
        f"The last progress was at {span(document['last_progress_ns'])} "
        f"({document['last_progress']}); the run was ended at {span(document['time_ns'])} "
        f"by {document['ended_by']}."
    )
    return join(
        (
            el("p", el("b", words(cause["name"]) + thing), class_="reason"),
            el("p", cause["text"]),
            el("p", last, class_="note"),
            el("h3", "What waits for what"),
            el("ol", [_step(step) for step in document["chain"]], class_="chain"),
            el("h3", "Both rings, as each side sees them"),
            el("div", [_ring(ring) for ring in document["rings"]], class_="sides"),
            _threads(document["threads"]),
        )
    )


def _step(step: Mapping[str, Any]) -> Markup:
    at = step.get("at_ns")
    time = None if at is None else el("span", f" at {span(at)}", class_="note")
    return el("li", step["text"], time)


def _ring(ring: Mapping[str, Any]) -> Markup:
    rows = [
        [
            row["what"],
            *("" if row[view] is None else str(row[view]) for view in _VIEWS),
            "" if row["at_ns"] is None else span(row["at_ns"]),
        ]
        for row in ring["rows"]
    ]
    title = f"Ring {ring['ring']}, {ring['way']}, {ring['entries']} entries"
    heads = ["", *_VIEWS.values(), "last written"]
    return el("div", el("h4", title), table(heads, rows, "figures"))


def _threads(threads: list[Mapping[str, Any]]) -> Markup | None:
    rows = [[str(thread.get(key) or "") for key in _THREADS] for thread in threads]
    if not rows:
        return None
    heads = ["system", "thread", "state", "waits for", "which", "held by"]
    return el("details", el("summary", f"All {len(rows)} threads"), table(heads, rows))
