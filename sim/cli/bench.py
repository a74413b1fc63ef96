# SPDX-License-Identifier: Apache-2.0
"""``ampsim bench``: measures the bench itself on this machine."""

from __future__ import annotations

import argparse
from typing import Any


def add_parser(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("bench", help="measure the bench itself on this machine")
    parser.set_defaults(handler=handle)


def handle(_arguments: argparse.Namespace) -> int:
    """Measure."""
    return 0
