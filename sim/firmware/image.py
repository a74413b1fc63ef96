# SPDX-License-Identifier: Apache-2.0
"""Boots a firmware from simulated memory: fetch it over the bus, check it, load its modules."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Generator
from typing import Any, NamedTuple

from sim.firmware import archive as archives
from sim.firmware.errors import BootError
from sim.firmware.header import ENTRY, HEADER_BYTES, check_archive, parse_header
from sim.firmware.importer import FirmwareImporter
from sim.firmware.mpy import mpy_version

_MPY_HINT = "they run with --rtos micropython only"
BOARD_FILE = "board.json"
READ = 2  # the hart's request (READ, address, length) -> bytes


class Image(NamedTuple):
    """A checked archive and the name of its entry, "module:function"."""

    archive: bytes
    entry: str


class Program(NamedTuple):
    """What a firmware starts with: its entry and the board description it carries."""

    boot: Callable[..., Any]
    board: dict[str, Any]


def fetch_image(address: int, limit: int) -> Generator[tuple[int, int, int], bytes, Image]:
    """Read header and archive from `address` with the hart's own bus requests and check them.

    At most `limit` bytes belong to the image. BootError names the address, what was expected and
    what was found; the driver throws errors.BusFault in where the bus refuses.
    """
    header = parse_header((yield (READ, address, HEADER_BYTES)), address, limit)
    start = address + HEADER_BYTES
    archive = yield (READ, start, header.archive_bytes)
    check_archive(header, archive, start)
    return Image(archive, header.entry)


def parse_image(data: bytes, address: int) -> Image:
    """Return the checked image at the start of `data`, as fetched from or meant for `address`."""
    header = parse_header(data, address, len(data))
    archive = data[HEADER_BYTES : HEADER_BYTES + header.archive_bytes]
    check_archive(header, archive, address + HEADER_BYTES)
    return Image(archive, header.entry)


def load_modules(archive: bytes, entry: str = ENTRY) -> Program:
    """Execute the archive's modules in a namespace of their own; return entry and board.

    Nothing runs that is not in the archive. BootError when a module is missing or raises.
    """
    files = archives.unpack(archive)
    if mpy_version(files) is not None:
        raise BootError.at("firmware archive", "Python source", f".mpy files ({_MPY_HINT})")
    board = read_board(files)
    module_name, _, function = entry.partition(":")
    try:
        boot = getattr(FirmwareImporter(files).load(module_name), function)
    except Exception as error:
        raise BootError(f"firmware entry {entry}: {_first_cause(error)}") from error
    return Program(boot, board)


def read_board(files: dict[str, bytes]) -> dict[str, Any]:
    """Return the board description among an archive's files."""
    try:
        board: dict[str, Any] = json.loads(files[BOARD_FILE])
    except KeyError:
        raise BootError.at("firmware archive", f"a file {BOARD_FILE}", "none") from None
    except ValueError as error:
        raise BootError.at(f"firmware archive: {BOARD_FILE}", "JSON", str(error)) from None
    return board


def _first_cause(error: Exception) -> str:
    """Say in one line what was raised, and the last firmware line it passed."""
    lines = [
        f" in {frame.filename.removeprefix('firmware:')} line {frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith("firmware:")
    ]
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}{lines[-1] if lines else ''}"
