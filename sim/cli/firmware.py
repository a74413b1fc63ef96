# SPDX-License-Identifier: Apache-2.0
"""``ampsim firmware``: builds and describes the firmware of the RTOS hart."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from sim.boards import load_board
from sim.boards.profile import load_profile
from sim.boards.views import rtos_board
from sim.firmware import build_firmware, describe


def add_parser(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("firmware", help="build or describe the RTOS firmware (an ELF)")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    build = actions.add_parser("build", help="make the ELF of the RTOS and an app")
    build.add_argument("--board", default="visionfive2", help="default: %(default)s")
    build.add_argument(
        "--app", default="rpmsg_linux_test", help="name or file; default: %(default)s"
    )
    build.add_argument("--count", type=int, default=0, help="count the app is given")
    build.add_argument("-o", "--output", type=Path, required=True)
    build.set_defaults(handler=handle_build)
    info = actions.add_parser("info", help="print what a firmware holds; nothing of it is run")
    info.add_argument("elf", type=Path)
    info.set_defaults(handler=handle_info)


def handle_build(arguments: argparse.Namespace) -> int:
    """Write the firmware."""
    board = load_board(arguments.board)
    extra = Path(arguments.app) if arguments.app.endswith(".py") else None
    name = extra.stem if extra else arguments.app
    description = rtos_board(board, load_profile(board), app=name, count=arguments.count)
    print(build_firmware(description, name, arguments.output, extra))
    return 0


def handle_info(arguments: argparse.Namespace) -> int:
    """Print the description."""
    print("\n".join(describe(arguments.elf).lines()))
    return 0
