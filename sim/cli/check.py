# SPDX-License-Identifier: Apache-2.0
"""``ampsim check``: the referee over the record stream of a run that is over."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from sim.linux_peer.board import board_of_run, host_board
from sim.record_file import RecordFile
from sim.referee import RULES, check_stream
from sim.referee.summary import summary


def add_parser(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("check", help="check a record stream against the protocol's rules")
    parser.add_argument("records", type=Path, metavar="FILE", help="records.bin of ampsim run")
    parser.add_argument("--board", help="default: that of the run")
    parser.add_argument(
        "--host",
        choices=("model", "linux"),
        help="who the master of the run was (default: as in its folder)",
    )
    parser.add_argument("--json", action="store_true", help="print violations as one JSON object")
    parser.set_defaults(handler=handle)


def handle(arguments: argparse.Namespace) -> int:
    """Print the violations; 0 when no rule fired that fails a run, 1 when one did."""
    stream = RecordFile(arguments.records)
    board = None if arguments.board or arguments.host else board_of_run(arguments.records)
    board = board or host_board(arguments.board or stream.header.board, arguments.host or "model")
    referee = check_stream(stream, board)
    if stream.cut:
        print(f"ampsim: {stream.cut}: what comes before is checked", file=sys.stderr)
    report = referee.report
    if arguments.json:
        result = {
            "messages": referee.link.messages,
            "rules": len(RULES),
            "counts": dict(report.counts),
            "violations": [item.as_dict() for item in report.violations],
        }
        json.dump(result, sys.stdout, indent=2)
        print()
    else:
        for item in report.violations:
            print(f"{item.rule.severity.name.lower()}: {item}")
        print(summary(referee))
    return 1 if report.failed else 0
