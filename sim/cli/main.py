# SPDX-License-Identifier: Apache-2.0
"""Entry of the ``ampsim`` command: parses, calls the subcommand, turns errors into one line."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn

from sim import kept_modules
from sim.errors import AmpsimError

if TYPE_CHECKING:
    from sim.runs.ahead import Ahead

# Command to module. A module is imported when its command is called: most of them would take
# longer to import than a cached run takes to reach its first bus transaction.
_COMMANDS = {
    "run": "run",
    "check": "check",
    "list": "listing",
    "console": "console",
    "firmware": "firmware",
    "bench": "bench",
    "messages": "messages",
    "decode": "decode",
    "report": "report_page",
}


class OneLineParser(argparse.ArgumentParser):
    """A parser, and by it those of its commands, whose complaint is an error like any other."""

    def error(self, message: str) -> NoReturn:
        """Raise AmpsimError instead of printing the usage of all options above the message."""
        raise AmpsimError(f"{message} (see {self.prog} --help)")


def parser(names: Iterable[str] = tuple(_COMMANDS)) -> argparse.ArgumentParser:
    """Return the parser of the command line, with the commands of these names."""
    top = OneLineParser(
        prog="ampsim",
        description="Co-verification bench for AMP systems: Linux and an RTOS over real RTL.",
    )
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in names:
        import_module(f"sim.cli.{_COMMANDS[name]}").add_parser(commands)
    return top


def _ahead(words: Sequence[str]) -> AbstractContextManager[Ahead | None]:
    """Return the simulator that the command is expected to need: it starts while this goes on."""
    if words[:1] != ["run"]:
        return nullcontext()
    from sim.runs.ahead import Ahead

    return Ahead(words[1:])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code (0 passed, 1 failed, 2 bad usage or bad input)."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    if arguments is None:  # who ends a run that takes too long gets its report, too
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    names = words[:1] if words[:1] and words[0] in _COMMANDS else tuple(_COMMANDS)
    try:
        with _ahead(words) as ahead:
            if arguments is None and ahead is not None:
                kept_modules.install("run")
            chosen = parser(names).parse_args(words, argparse.Namespace(ahead=ahead))
            code: int = chosen.handler(chosen)
    except AmpsimError as error:
        print(f"ampsim: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("ampsim: interrupted", file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code
