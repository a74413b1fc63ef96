# SPDX-License-Identifier: Apache-2.0
"""``ampsim console``: the live bench with both shells on ptys."""

from __future__ import annotations

import argparse
from typing import Any


def add_parser(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("console", help="live bench: two ptys")
    parser.set_defaults(handler=handle)


def handle(_arguments: argparse.Namespace) -> int:
    """Run."""
    return 0
