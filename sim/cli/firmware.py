# SPDX-License-Identifier: Apache-2.0
"""``ampsim firmware``: builds, describes, checks and finds firmware; composes boot media."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from rich.console import Console

from sim.boards import list_boards, load_board
from sim.boards.profile import load_profile
from sim.boards.views import rtos_board
from sim.cli import firmware_report as report
from sim.cli.firmware_images import add_flash, add_payload
from sim.cli.values import output_file, positive
from sim.firmware import build_firmware
from sim.firmware.describe import describe, packed_board
from sim.firmware.files import read_file
from sim.firmware.lint import Severity, Target, lint
from sim.firmware.search import Choice, find_choices
from sim.linux_peer.board import check_ring, host_board


def add_parser(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("firmware", help="build, describe, check or find firmware (ELF)")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    _add_build(actions)
    _add_info(actions)
    _add_lint(actions)
    _add_which(actions)
    add_payload(actions)
    add_flash(actions)


def _add_build(actions: Any) -> None:
    build = actions.add_parser("build", help="make the ELF of the RTOS and an app")
    build.add_argument("--board", default="visionfive2", help="default: %(default)s")
    build.add_argument(
        "--app", default="rpmsg_linux_test", help="name or file; default: %(default)s"
    )
    build.add_argument(
        "--count", type=positive, default=0, help="count the app is given (default: its own)"
    )
    build.add_argument(
        "--mpy", action="store_true", help="MicroPython's byte code: for --rtos micropython only"
    )
    build.add_argument(
        "--host", choices=("model", "linux"), default="model", help="who the master is going to be"
    )
    build.add_argument(
        "--ring", type=positive, metavar="N", help="entries of the real kernel's rings"
    )
    build.add_argument("-o", "--output", type=output_file, required=True)
    build.set_defaults(handler=handle_build)


def _add_info(actions: Any) -> None:
    info = actions.add_parser("info", help="print what a firmware holds; nothing of it is run")
    info.add_argument("elf", type=Path)
    info.add_argument("--json", action="store_true", help="print it as JSON")
    info.set_defaults(handler=handle_info)


def _add_lint(actions: Any) -> None:
    check = actions.add_parser("lint", help="check a firmware; exit 1 when it has errors")
    check.add_argument("elf", type=Path)
    check.add_argument(
        "--board", help="check against this board's memory map (default: the one it was built for)"
    )
    check.add_argument("--json", action="store_true", help="print the findings as JSON")
    check.set_defaults(handler=handle_lint)


def _add_which(actions: Any) -> None:
    which = actions.add_parser("which", help="show which firmware file the V821 SDK would take")
    which.add_argument("--chips", type=Path, default=Path(), metavar="DIR", help="default: here")
    which.add_argument("name", nargs="?", help="file name; default: all")
    which.add_argument("--json", action="store_true", help="print it as JSON")
    which.set_defaults(handler=handle_which)


def handle_build(arguments: argparse.Namespace) -> int:
    """Write the firmware."""
    ring = check_ring(arguments.ring, arguments.host)
    board = host_board(arguments.board, arguments.host, ring)
    extra = Path(arguments.app) if arguments.app.endswith(".py") else None
    name = extra.stem if extra else arguments.app
    description = rtos_board(board, load_profile(board), app=name, count=arguments.count)
    print(build_firmware(description, name, arguments.output, extra, mpy=arguments.mpy))
    return 0


def handle_info(arguments: argparse.Namespace) -> int:
    """Print the description."""
    found = describe(arguments.elf)
    if arguments.json:
        print(json.dumps(found.as_json(), indent=2))
    else:
        report.print_description(Console(emoji=False), found)
    return 0


def handle_lint(arguments: argparse.Namespace) -> int:
    """Print the findings; 1 when one of them is an error."""
    board = arguments.board or _built_for(arguments.elf)
    target = Target.of(load_board(board)) if board else Target()
    findings = lint(read_file(arguments.elf), target)
    failed = any(finding.severity == Severity.ERROR for finding in findings)
    if arguments.json:
        values = [finding.as_json() for finding in findings]
        found = {"file": str(arguments.elf), "board": target.name, "passed": not failed}
        print(json.dumps({**found, "findings": values}))
    else:
        report.print_findings(Console(emoji=False), arguments.elf, target.name, findings)
    return int(failed)


def _built_for(path: Path) -> str | None:
    """Return the board that a file of our own builder names, if it is one of ours."""
    name = packed_board(path)
    return name if name in list_boards() else None


def handle_which(arguments: argparse.Namespace) -> int:
    """Print which file is taken and why."""
    choices = find_choices(arguments.chips, arguments.name)
    if arguments.json:
        print(json.dumps([_choice_json(choice) for choice in choices], indent=2))
    else:
        report.print_choices(Console(emoji=False), choices)
    return 0


def _choice_json(choice: Choice) -> dict[str, Any]:
    candidates = [{"path": i.shown, "pattern": i.pattern + 1} for i in choice.candidates]
    winner = choice.winner.shown
    return {
        "name": choice.name,
        "winner": winner,
        "reason": choice.reason(),
        "candidates": candidates,
    }
