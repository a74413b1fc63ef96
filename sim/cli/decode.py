# SPDX-License-Identifier: Apache-2.0
"""``ampsim decode``: the RPMsg traffic of a finished waveform, from any simulator."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any


def add_parser(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("decode", help="show the RPMsg traffic in a finished waveform")
    parser.add_argument("waveform", type=Path, metavar="WAVE", help="FST or VCD, of any simulator")
    parser.add_argument("--board", help="default: that of the run, or of the signals' names")
    parser.add_argument(
        "--signals", type=Path, metavar="TOML", help="which signals are the bus (docs/waveforms.md)"
    )
    parser.add_argument("--details", action="store_true", help="doorbells and ring indices, too")
    parser.add_argument(
        "--viewers",
        action="store_true",
        help="add what is decoded to WAVE as signals, write files for GTKWave and Surfer beside it",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(handler=handle)


def handle(arguments: argparse.Namespace) -> int:
    """Print what was found; 0 when no rule fired that fails a run, 1 when one did."""
    from sim.decode import decode
    from sim.decode.output import as_dict, lines

    wanted = (arguments.waveform, arguments.board, arguments.signals)
    if arguments.viewers:
        from sim.viewers import prepare_waveform

        decoded = prepare_waveform(*wanted).decoded
    else:
        decoded = decode(*wanted)
    if arguments.json:
        json.dump(as_dict(decoded), sys.stdout, indent=2)
        print()
    else:
        for line in lines(decoded, arguments.details):
            print(line)
    return 1 if decoded.failed else 0
