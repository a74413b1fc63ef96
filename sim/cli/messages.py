# SPDX-License-Identifier: Apache-2.0
"""``ampsim messages``: the life of every message of a recorded run, as tables and as files."""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from sim.errors import AmpsimError


def add_parser(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("messages", help="show where each message of a run spent its time")
    parser.add_argument(
        "run", type=Path, metavar="DIR|RECORDS", help="folder of a run made with --record"
    )
    parser.add_argument("--board", help="of a record stream without its result file")
    parser.add_argument("--perfetto", type=Path, metavar="FILE", help="write a Perfetto trace")
    parser.add_argument("--pcapng", type=Path, metavar="FILE", help="write a packet capture")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write JSON lines")
    parser.set_defaults(handler=handle)


def handle(arguments: argparse.Namespace) -> int:
    """Write the files, print the tables."""
    from rich.console import Console

    from sim.cli.message_tables import print_life
    from sim.life import read_life
    from sim.life.json_lines import write_json_lines
    from sim.life.packet_capture import write_pcapng
    from sim.life.perfetto_trace import write_perfetto

    life = read_life(arguments.run, arguments.board)
    if arguments.perfetto:
        _write(arguments.perfetto, lambda file: write_perfetto(life, file))
    if arguments.pcapng:
        _write(arguments.pcapng, lambda file: write_pcapng(life, file))
    if arguments.json:
        _write(
            arguments.json, lambda file: _as_text(file, lambda text: write_json_lines(life, text))
        )
    print_life(Console(), life)
    return 0


def _as_text(file: IO[bytes], write: Callable[[IO[str]], None]) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="\n")
    write(text)
    text.flush()
    text.detach()


def _write(path: Path, write: Callable[[IO[bytes]], None]) -> None:
    """Write a file whole or not at all."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("wb") as file:
            write(file)
        partial.replace(path)
    except OSError as error:
        raise AmpsimError(f"{path}: cannot be written: {error.strerror}") from None
    finally:
        partial.unlink(missing_ok=True)
