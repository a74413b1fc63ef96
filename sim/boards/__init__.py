# SPDX-License-Identifier: Apache-2.0
"""Boards of the bench: devicetree source, timing profile, and what each consumer gets from them."""

from __future__ import annotations

from sim.boards.board import list_boards, load_board
from sim.boards.errors import BoardError
from sim.boards.model import Board
from sim.boards.profile import Profile, load_profile

__all__ = ("Board", "BoardError", "Profile", "list_boards", "load_board", "load_profile")
