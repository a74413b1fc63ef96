# SPDX-License-Identifier: Apache-2.0
"""``ampsim list``: boards, scenarios, simulators, and faults that can be planted."""

from __future__ import annotations

import argparse
from typing import Any

from rich.console import Console
from rich.table import Table

from sim.boards import list_boards, load_board
from sim.build.toolchain import available_simulators
from sim.faults.catalog import KINDS
from sim.linux_peer.scenarios import PEER_SCENARIOS
from sim.scenarios import SCENARIOS, Scenario, find_scenario


def add_parser(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("list", help="boards, scenarios, simulators found, faults")
    parser.set_defaults(handler=handle)


def handle(_arguments: argparse.Namespace) -> int:
    """Print the tables."""
    console = Console()
    boards = {name: load_board(name).title for name in list_boards()}
    scenarios = {name: _about(find_scenario(name)) for name in SCENARIOS}
    real = {name: find_scenario(name, "linux").summary for name in PEER_SCENARIOS}
    for title, entries in (
        ("Boards", boards),
        ("Scenarios", scenarios),
        ("Scenarios with a real kernel (--host linux)", real),
        ("Simulators", available_simulators()),
        ("Faults to plant (run --fault NAME:KEY=VALUE,...)", _faults()),
    ):
        table = Table(title=title, title_justify="left", show_header=False, box=None)
        for name, text in entries.items():
            table.add_row(f"[bold]{name}[/]", text)
        console.print(table, "")
    return 0


def _faults() -> dict[str, str]:
    """Return what each fault does, its parameters with their defaults, and its board."""
    found = {}
    for name, kind in KINDS.items():
        words = ", ".join(f"{key}={value}" for key, value in kind.parameters.items())
        board = f" (--board {kind.socs[0]})" if len(kind.socs) == 1 else ""
        found[name] = f"{kind.summary}{f'; {words}' if words else ''}{board}"
    return found


def _about(scenario: type[Scenario]) -> str:
    """Return what a scenario shows, and which kind of board it needs."""
    needs = " (--board v821: remoteproc)" if scenario.remoteproc else ""
    return f"{scenario.summary}{needs}"
