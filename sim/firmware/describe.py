# SPDX-License-Identifier: Apache-2.0
"""Says what a firmware file holds, without running any of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sim.firmware.archive import unpack
from sim.firmware.elf import Elf, read_elf
from sim.firmware.elf_image import TABLE, VERSION_TABLE, ElfImage, read_image
from sim.firmware.errors import FirmwareError
from sim.firmware.files import read_file
from sim.firmware.header import MAGIC
from sim.firmware.image import parse_image, read_board
from sim.firmware.mpy import mpy_version
from sim.firmware.resource_table import Entry, TableError, read_entries

_MAGIC_AT = 8


@dataclass(frozen=True, slots=True)
class Archive:
    """The RTOS's files in a firmware: name to bytes, the entry they start with, the board.

    ``code`` says what its modules are: what can run it.
    """

    size: int
    entry_name: str
    code: str
    files: dict[str, int]
    board: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Description:
    """What a firmware file holds; ``archive`` is None when another tool has built it.

    ``table`` has (offset in the file, entry), ``version`` is the text of .version_table.
    """

    path: Path
    elf: Elf
    image: ElfImage
    table: tuple[tuple[int, Entry], ...] | None
    version: str | None
    archive: Archive | None

    def title(self) -> str:
        """Return the first line: what it is and what starts."""
        start = f"{self.path.name}: ELF{self.elf.bits} RISC-V, entry 0x{self.elf.entry:x}"
        if self.archive is None:
            return start
        board = self.archive.board
        name, app = board.get("name", "unnamed"), board.get("app", "none")
        return f"{start}, board {name}, app {app}"

    def as_json(self) -> dict[str, Any]:
        """Return everything as plain values."""
        header = {**self.image.header._asdict(), "ident": self.image.header.ident.hex()}
        archive = asdict(self.archive) if self.archive else None
        return {
            "file": self.path.name,
            "bits": self.elf.bits,
            "header": header,
            "segments": [item.header._asdict() for item in self.image.programs],
            "sections": [
                {**item.header._asdict(), "name": item.name} for item in self.image.sections
            ],
            "resource_table": None if self.table is None else list(map(_entry_json, self.table)),
            "version": self.version,
            "archive": archive,
        }


def _entry_json(place: tuple[int, Entry]) -> dict[str, Any]:
    offset, entry = place
    kind = getattr(entry.kind, "name", "vendor").lower()
    values = {**asdict(entry), "type": kind, "kind": int(entry.kind), "offset": offset}
    if "config" in values:
        values["config"] = values["config"].hex()
    return values


def describe(path: Path) -> Description:
    """Return what the firmware in ``path`` holds; FirmwareError in one line when it is damaged."""
    elf = read_elf(path)
    image = read_image(read_file(path))
    assert image is not None  # read_elf has seen more than this wants
    return Description(path, elf, image, _table(path, image), _version(image), _archive(path, elf))


def packed_board(path: Path) -> str | None:
    """Return the name of the board that the archive in a file is for; None when there is none.

    What cannot be told is as :func:`packed_description` has it.
    """
    return str(packed_description(path).get("name", "")) or None


def packed_description(path: Path) -> dict[str, Any]:
    """Return the description of its board that the archive in a file has; empty without one.

    A file that is too damaged to tell has none; one that cannot be read is a FirmwareError.
    """
    read_file(path)
    try:
        archive = _archive(path, read_elf(path))
    except FirmwareError:
        return {}
    return {} if archive is None else archive.board


def _table(path: Path, image: ElfImage) -> tuple[tuple[int, Entry], ...] | None:
    section = image.section(TABLE)
    if section is None:
        return None
    try:
        return tuple(_placed(image.contents(section), section.header.offset))
    except TableError as fault:
        where = f"{path}: {TABLE} at 0x{section.header.offset + fault.offset:x}"
        raise FirmwareError.at(where, fault.expected, fault.found) from None


def _placed(data: bytes, base: int) -> Iterator[tuple[int, Entry]]:
    for offset, entry in read_entries(data):
        yield base + offset, entry


def _version(image: ElfImage) -> str | None:
    section = image.section(VERSION_TABLE)
    if section is None:
        return None
    return image.contents(section).partition(b"\0")[0].decode("utf-8", "backslashreplace")


def _archive(path: Path, elf: Elf) -> Archive | None:
    code = elf.at_entry()
    if code.data[_MAGIC_AT : _MAGIC_AT + len(MAGIC)] != MAGIC:
        return None
    try:
        program = parse_image(code.data, code.address)
        files = unpack(program.archive)
        board = read_board(files)
    except FirmwareError as error:
        raise FirmwareError(f"{path}: {error}") from None
    sizes = {name: len(data) for name, data in files.items()}
    return Archive(len(program.archive), program.entry, _code(files), sizes, board)


def _code(files: dict[str, bytes]) -> str:
    version = mpy_version(files)
    if version is None:
        return "Python source, for --rtos cpython and micropython"
    return f".mpy files of version {version}, for --rtos micropython"
