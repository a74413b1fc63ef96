# SPDX-License-Identifier: Apache-2.0
"""``ampsim messages``: the life of every message of a recorded run, as tables and as files."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.values import output_file
from sim.cli.waves import time_option
from sim.errors import AmpsimError

if TYPE_CHECKING:
    from sim.life import Life
    from sim.life.perfetto_trace import Span


def add_parser(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("messages", help="show where each message of a run spent its time")
    parser.add_argument(
        "run", type=Path, metavar="DIR|RECORDS", help="folder of a run made with --record"
    )
    parser.add_argument("--board", help="of a record stream without its result file")
    parser.add_argument(
        "--perfetto", type=output_file, metavar="FILE", help="write a Perfetto trace"
    )
    parser.add_argument(
        "--perfetto-from", metavar="T", help="only from here on: simulated time, ns or with unit"
    )
    parser.add_argument("--perfetto-to", metavar="T", help="only up to here, such as 2.5us or 40ms")
    parser.add_argument("--pcapng", type=output_file, metavar="FILE", help="write a packet capture")
    parser.add_argument("--json", type=output_file, metavar="FILE", help="write JSON lines")
    parser.set_defaults(handler=handle)


def handle(arguments: argparse.Namespace) -> int:
    """Write the files, print the tables."""
    from rich.console import Console

    from sim.cli.message_tables import print_life
    from sim.life import read_life
    from sim.life.exports import export_json_lines, export_pcapng, export_perfetto

    begin, end = (time_option(name, arguments) for name in ("--perfetto-from", "--perfetto-to"))
    life = read_life(arguments.run, arguments.board)
    if arguments.perfetto:
        export_perfetto(life, arguments.perfetto, _spans(life, begin, end))
    if arguments.pcapng:
        export_pcapng(life, arguments.pcapng)
    if arguments.json:
        export_json_lines(life, arguments.json)
    print_life(Console(), life)
    if life.cut:
        print(f"ampsim: {life.cut}: what comes before is shown", file=sys.stderr)
    return 0


def _spans(life: Life, begin_ns: int | None, end_ns: int | None) -> list[Span] | None:
    """Return the part of the run that the trace is to have, None for all of it."""
    from sim.life.perfetto_trace import Span

    if begin_ns is None and end_ns is None:
        return None
    begin = (begin_ns or 0) // life.clock_ns
    end = life.end if end_ns is None else end_ns // life.clock_ns
    if end <= begin:
        found = f"{begin * life.clock_ns} ns to {end * life.clock_ns} ns"
        raise AmpsimError(f"--perfetto-from, --perfetto-to: expected a span of time, found {found}")
    return [Span(begin, end)]
