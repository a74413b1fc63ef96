# SPDX-License-Identifier: Apache-2.0
"""Says what a firmware file holds, without running any of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.firmware.archive import unpack
from sim.firmware.elf import Segment, read_elf
from sim.firmware.errors import FirmwareError
from sim.firmware.image import parse_image, read_board


@dataclass(frozen=True, slots=True)
class Description:
    """A firmware's entry, segments, archived files (name to bytes) and board description."""

    path: Path
    entry: int
    entry_name: str
    segments: tuple[Segment, ...]
    archive_bytes: int
    files: dict[str, int]
    board: dict[str, Any]

    def lines(self) -> list[str]:
        """Return the description as text, a line each."""
        app, board = self.board.get("app", "none"), self.board.get("name", "unnamed")
        return [
            f"{self.path.name}: ELF64 RISC-V, entry 0x{self.entry:x}, board {board}, app {app}",
            *(
                f"  LOAD 0x{item.address:08x}  file {len(item.data):8d}  "
                f"memory {item.memory_bytes:8d}  {item.flag_text}"
                for item in self.segments
            ),
            f"  archive of {self.archive_bytes} bytes, starts {self.entry_name}:",
            *(f"    {size:7d}  {name}" for name, size in sorted(self.files.items())),
        ]


def describe(path: Path) -> Description:
    """Return what the firmware in `path` holds; FirmwareError in one line when it is damaged."""
    elf = read_elf(path)
    code = elf.at_entry()
    try:
        image = parse_image(code.data, code.address)
        files = unpack(image.archive)
        board = read_board(files)
    except FirmwareError as error:
        raise FirmwareError(f"{path}: {error}") from None
    sizes = {name: len(data) for name, data in files.items()}
    return Description(path, elf.entry, image.entry, elf.segments, len(image.archive), sizes, board)
