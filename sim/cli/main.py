# SPDX-License-Identifier: Apache-2.0
"""Entry of the ``ampsim`` command: parses, calls the subcommand, turns errors into one line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from sim.cli import bench, console, firmware, listing, run
from sim.errors import AmpsimError

_COMMANDS = (run, listing, console, firmware, bench)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = argparse.ArgumentParser(
        prog="ampsim",
        description="Co-verification bench for AMP systems: Linux and an RTOS over real RTL.",
    )
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in _COMMANDS:
        module.add_parser(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code (0 passed, 1 failed, 2 bad usage or bad input)."""
    chosen = parser().parse_args(arguments)
    try:
        code: int = chosen.handler(chosen)
    except AmpsimError as error:
        print(f"ampsim: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("ampsim: interrupted", file=sys.stderr)
        return 1
    return code
