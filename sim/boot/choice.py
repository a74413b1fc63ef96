# SPDX-License-Identifier: Apache-2.0
"""What the user chose to boot from: checked before a run, and made into storage inside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sim.boards import Board
from sim.boards.model import RemoteprocLink
from sim.boot.storage import Kind, Medium, Storage
from sim.errors import AmpsimError
from sim.firmware.errors import FirmwareError
from sim.firmware.search import find_firmware

if TYPE_CHECKING:
    from sim.boot.v821_map import V821Map
    from sim.runs.config import RunConfig

MAX_FLASH_BYTES = 64 << 20


def check_boot(board: Board, medium: str | None, secure: bool, flash: Path | None) -> None:
    """Refuse what the board cannot boot from, in one line."""
    if board.soc != "v821":
        for name, given in (("--medium", medium), ("--secure", secure), ("--flash", flash)):
            if given:
                raise AmpsimError(f"{name}: expected a V821 board, found {board.name}")
    if flash is not None:
        read_flash(flash)


def chosen_firmware(board: Board, chips: Path, other: Path | None) -> Path:
    """Return the firmware that the SDK's search order gives for the board's file name."""
    if other is not None:
        raise AmpsimError("--chips excludes --app and --firmware: it chooses the firmware file")
    if not isinstance(board.rpmsg, RemoteprocLink):
        raise AmpsimError(f"--chips: expected a V821 board, found {board.name}")
    return find_firmware(chips, str(board.rpmsg.device.properties["firmware-name"]))


def read_flash(path: Path) -> bytes:
    """Return a medium's contents; FirmwareError when they cannot be read or are too large."""
    try:
        if path.stat().st_size > MAX_FLASH_BYTES:
            found = f"{path.stat().st_size}"
            raise FirmwareError.at(str(path), f"at most {MAX_FLASH_BYTES} bytes", found)
        return path.read_bytes()
    except OSError as error:
        found = error.strerror or "none"
        raise FirmwareError.at(str(path), "a readable image of a medium", found) from None


def v821_storage(places: V821Map, config: RunConfig) -> Storage:
    """Return the storage of a run: the user's medium, or one composed around the firmware."""
    from sim.boot.certificate import load_key, public_hash  # of this board only
    from sim.boot.v821_images import make_medium

    kind = Kind(config.medium or Kind.SPI_NAND)
    if config.flash is None:
        contents = make_medium(places, kind, Path(config.firmware).read_bytes(), config.secure)
    else:
        contents = read_flash(Path(config.flash))
    rotpk = public_hash(load_key("root")) if config.secure else bytes(32)
    return Storage({kind: Medium(kind, contents)}, config.secure, rotpk)
