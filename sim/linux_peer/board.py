# SPDX-License-Identifier: Apache-2.0
"""A board whose Linux is a real kernel: its RAM is a window of the bus, its rings are its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sim.boards import Board, load_board
from sim.boards.model import Vrings
from sim.errors import AmpsimError
from sim.runs.config import config_beside

RING_ALIGN = 4096
"""What virtio_uml.c hands to vring_create_virtqueue()."""
RING_SIZES = (256, 128, 64, 32, 16, 8, 4, 2)
DEFAULT_RING = 256
"""MAX_SUPPORTED_QUEUE_SIZE of virtio_uml.c."""


def host_board(name: str, host: str, ring: int = DEFAULT_RING) -> Board:
    """Return the board of that name as a run with that host has it.

    With the model it is as its devicetree says. With a real kernel both domains reach the kernel's
    RAM, and the link has rings of ``ring`` entries in the layout of the virtio standard.
    AmpsimError for a board without a place for the RAM.
    """
    board = load_board(name)
    if host != "linux":
        return board
    ram = board.linux_ram
    if ram is None:
        expected = "a node compatible with ampsim,linux-ram"
        raise AmpsimError(f"{board.source}: --host linux: expected {expected}, found none")
    rings = Vrings(ring, RING_ALIGN, False, board.rpmsg.rings.payload, _notifies(board))
    return replace(
        board,
        linux=replace(board.linux, regions=(*board.linux.regions, ram)),
        rtos=replace(board.rtos, regions=(*board.rtos.regions, ram)),
        rpmsg=replace(board.rpmsg, rings=rings),
    )


def board_of_run(file: Path) -> Board | None:
    """Return the board of the run in whose folder ``file`` lies; None where none lies there."""
    config = config_beside(file)
    return None if config is None else host_board(config.board, config.host, config.ring)


def check_ring(ring: int | None, host: str) -> int:
    """Return the entries of a ring; AmpsimError for a number no kernel has, or for the model."""
    if ring is None:
        return DEFAULT_RING
    if host != "linux":
        raise AmpsimError(
            "--ring: expected --host linux, found the model (its board says the size)"
        )
    if ring not in RING_SIZES:
        expected = f"one of {', '.join(map(str, RING_SIZES))}"
        raise AmpsimError(f"--ring: expected {expected}, found {ring}")
    return ring


def check_firmware(firmware: Path, host: str, ring: int) -> None:
    """AmpsimError for a firmware whose archive says that it is for another host, or other rings.

    One of another tool, or too damaged to tell, is taken as it is.
    """
    from sim.firmware.describe import packed_description

    rings = packed_description(firmware).get("rpmsg")
    if not isinstance(rings, dict):
        return
    with_kernel = "memory_offset" in rings  # what addresses in the kernel's descriptors lack
    if with_kernel != (host == "linux"):
        hosts = ("the model of Linux", "--host linux")
        expected, found = hosts[host == "linux"], hosts[with_kernel]
        raise AmpsimError(f"{firmware}: expected a firmware for {expected}, found one for {found}")
    entries = rings.get("vring_num")
    if with_kernel and entries != ring:
        raise AmpsimError(f"{firmware}: expected a firmware for rings of {ring}, found {entries}")


def _notifies(board: Board) -> bool:
    """Return whether the RTOS tells of buffers it gives back: as its own devicetree has it."""
    return board.rpmsg.rings.consumed_notify
