# SPDX-License-Identifier: Apache-2.0
"""``ampsim firmware payload`` and ``flash``: images that boot loaders read, around a firmware."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from sim.boards import Board, load_board
from sim.boards.views import rtos_windows
from sim.boot.jh7110_payload import DEFAULT_PARTITION, PARTITION, make_payload, parts
from sim.boot.storage import Kind
from sim.boot.v821_images import make_medium
from sim.boot.v821_map import V821Map
from sim.cli.values import output_file
from sim.errors import AmpsimError
from sim.firmware import read_elf
from sim.firmware.files import read_file, write_file


def add_payload(actions: Any) -> None:
    """Add ``payload``."""
    payload = actions.add_parser("payload", help="compose visionfive2_fw_payload.img")
    payload.add_argument("elf", type=Path, help="firmware of a VisionFive 2")
    payload.add_argument("--board", default="visionfive2", help="default: %(default)s")
    payload.add_argument(
        "--partition",
        type=_number,
        default=PARTITION,
        metavar="BYTES",
        help="size of the partition it has to fit; default: %(default)s",
    )
    payload.add_argument("-o", "--output", type=output_file, required=True)
    payload.set_defaults(handler=handle_payload)


def add_flash(actions: Any) -> None:
    """Add ``flash``."""
    flash = actions.add_parser("flash", help="compose the contents of a boot medium")
    flash.add_argument("elf", type=Path, help="firmware of a V821")
    flash.add_argument("--board", default="v821", help="default: %(default)s")
    flash.add_argument("--medium", choices=[kind.value for kind in Kind], default="spi-nand")
    flash.add_argument("--secure", action="store_true", help="sign the images")
    flash.add_argument("-o", "--output", type=output_file, required=True)
    flash.set_defaults(handler=handle_flash)


def _number(text: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a number of bytes, found {text}") from None


def _board(name: str, soc: str) -> Board:
    board = load_board(name)
    if board.soc != soc:
        raise AmpsimError(f"--board: expected a board with a {soc}, found {board.name}")
    return board


def handle_payload(arguments: argparse.Namespace) -> int:
    """Write the payload; say what is in it and by how much it outgrows 4 MiB."""
    board = _board(arguments.board, "jh7110")
    payload = make_payload(read_elf(arguments.elf, rtos_windows(board), 64), arguments.partition)
    write_file(arguments.output, payload)
    print(f"{arguments.output}: {len(payload)} bytes for a partition of {arguments.partition}")
    for part in parts(payload):
        print(f"  0x{part.offset:06x}  {part.size:8d}  {part.name}")
    over = len(payload) - DEFAULT_PARTITION
    print(f"{over} bytes more than the {DEFAULT_PARTITION} of a partition without an RTOS")
    return 0


def handle_flash(arguments: argparse.Namespace) -> int:
    """Write the medium, with a firmware that is one for this board."""
    board = _board(arguments.board, "v821")
    read_elf(arguments.elf, rtos_windows(board), 32)
    firmware = read_file(arguments.elf)
    kind = Kind(arguments.medium)
    contents = make_medium(V821Map.of(board), kind, firmware, arguments.secure)
    write_file(arguments.output, contents)
    signed = ", signed with the development keys" if arguments.secure else ""
    print(f"{arguments.output}: {len(contents)} bytes of {kind}{signed}")
    return 0
