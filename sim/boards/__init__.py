# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

from sim.boards.board import Board, list_boards, load_board
from sim.boards.errors import BoardError

__all__ = ("Board", "BoardError", "list_boards", "load_board")
