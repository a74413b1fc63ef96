# SPDX-License-Identifier: Apache-2.0
"""What a check knows of the board that a firmware is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sim.boards import Board
from sim.boards.model import RemoteprocLink
from sim.boards.views import rtos_windows


@dataclass(frozen=True)
class Target:
    """The board's part in the checks: spans are (base, bytes); without a board all is empty.

    ``bits`` is the ELF class of its RTOS hart, None when any will do; ``table`` tells whether Linux
    reads a resource table; ``carveouts`` are the memory regions that its driver registers by name.
    """

    name: str | None = None
    bits: int | None = None
    table: bool | None = None
    windows: tuple[tuple[int, int], ...] = ()
    carveouts: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, board: Board) -> Target:
        """Return what the checks know of a board."""
        link = board.rpmsg
        windows = tuple(rtos_windows(board))
        if not isinstance(link, RemoteprocLink):
            return cls(board.name, 64, False, windows)
        carveouts = {name: (item.base, item.size) for name, item in link.carveouts.items()}
        return cls(board.name, 32, True, windows, carveouts)
