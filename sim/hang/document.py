# SPDX-License-Identifier: Apache-2.0
"""An explanation as a document, ``hang.json``, and as text (docs/hangs.md has the keys)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sim.hang.explanation import Explanation, ms
from sim.hang.facts import Facts, Ring

VERSION = 1
WAYS = ("RTOS to Linux", "Linux to RTOS")


def hang_document(facts: Facts, explanation: Explanation, ended_by: str) -> dict[str, Any]:
    """Return everything that is said of a run that stood still, as JSON takes it."""
    cause = explanation.cause
    return {
        "version": VERSION,
        "ended_by": ended_by,
        "time_ns": facts.now_ns,
        "last_progress_ns": facts.progress_ns,
        "last_progress": facts.progress,
        "patience_ns": facts.patience_ns,
        "cause": {
            "name": cause.slug,
            "meaning": cause.meaning,
            "thing": explanation.thing,
            "text": explanation.text,
        },
        "chain": [asdict(step) for step in explanation.steps],
        "rings": [_ring(ring) for ring in facts.rings],
        "doorbells": [asdict(bell) for bell in facts.doorbells.values()],
        "harts": [asdict(hart) for hart in facts.harts],
        "threads": [asdict(thread) for thread in facts.threads],
    }


def _ring(ring: Ring) -> dict[str, Any]:
    """Return both sides' view of a ring, row by row."""
    under_way = (ring.avail - ring.used) & 0xFFFF
    rows = [
        ("avail index", ring.offered, ring.avail, ring.taken, ring.avail_ns),
        ("used index", ring.got_back, ring.used, None, ring.used_ns),
        ("buffers with the RTOS", None, under_way, None, None),
        ("avail flags", None, ring.avail_flags, None, None),
        ("used flags", None, ring.used_flags, None, None),
    ]
    keys = ("what", "linux", "memory", "rtos", "at_ns")
    return {
        "ring": ring.number,
        "way": WAYS[ring.number],
        "entries": ring.entries,
        "rows": [dict(zip(keys, row, strict=True)) for row in rows],
    }


def hang_text(document: dict[str, Any]) -> str:
    """Return the document as text for people."""
    return "\n".join((*_head(document), "", *_chain(document), "", *_rings(document))) + "\n"


def _head(document: dict[str, Any]) -> list[str]:
    cause = document["cause"]
    thing = f": {cause['thing']}" if cause["thing"] else ""
    return [
        f"{cause['name']}{thing}",
        cause["text"],
        f"no progress since {ms(document['last_progress_ns'])} ({document['last_progress']}), "
        f"ended at {ms(document['time_ns'])} by {document['ended_by']}",
    ]


def _chain(document: dict[str, Any]) -> list[str]:
    """Return the steps, each with its time in front."""
    lines = []
    for number, step in enumerate(document["chain"]):
        time = ms(step["at_ns"]) if step["at_ns"] is not None else ""
        lines.append(f"{time:>16}  {'<- ' if number else ''}{step['text']}")
    return lines


def ring_rows(document: dict[str, Any]) -> list[tuple[str, ...]]:
    """Return the rows of the table of both rings: ring, what, Linux, memory, RTOS, last change."""
    rows = []
    for ring in document["rings"]:
        name = f"{ring['ring']} {ring['way']}, {ring['entries']} entries"
        for row in ring["rows"]:
            views = (
                "" if row[key] is None else str(row[key]) for key in ("linux", "memory", "rtos")
            )
            time = "" if row["at_ns"] is None else ms(row["at_ns"])
            rows.append((name, row["what"], *views, time))
            name = ""
    return rows


HEADINGS = ("ring", "", "Linux", "memory", "RTOS", "last written")


def _rings(document: dict[str, Any]) -> list[str]:
    rows = [HEADINGS, *ring_rows(document)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    return [
        "  ".join(
            cell.rjust(width) if column > 1 else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
