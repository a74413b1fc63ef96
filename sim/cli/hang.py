# SPDX-License-Identifier: Apache-2.0
"""The explanation of a run that stood still, on the terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sim.hang.document import HEADINGS, ring_rows
from sim.hang.explanation import ms


def print_hang(console: Console, path: Path) -> None:
    """Print the chain from who waits down to the cause, and both sides' view of both rings."""
    document: dict[str, Any] = json.loads(path.read_text())
    cause = document["cause"]
    thing = f": {cause['thing']}" if cause["thing"] else ""
    console.print(f"[bold red]{escape(cause['name'] + thing)}[/]", highlight=False)
    console.print(
        f"No progress since {ms(document['last_progress_ns'])} ({document['last_progress']}).",
        highlight=False,
    )
    console.print(_chain(document))
    console.print(_rings(document))


def _chain(document: dict[str, Any]) -> Table:
    table = Table(box=None, show_header=False)
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    for number, step in enumerate(document["chain"]):
        time = "" if step["at_ns"] is None else ms(step["at_ns"])
        table.add_row(time, escape(f"{'<- ' if number else ''}{step['text']}"))
    return table


def _rings(document: dict[str, Any]) -> Table:
    table = Table(title="Both rings, as each side sees them", title_justify="left")
    for heading in HEADINGS:
        table.add_column(heading, justify="left" if heading in HEADINGS[:2] else "right")
    for row in ring_rows(document):
        table.add_row(*row)
    return table
