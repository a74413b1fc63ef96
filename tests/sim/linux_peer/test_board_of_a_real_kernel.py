# SPDX-License-Identifier: Apache-2.0
"""What of a board differs where its Linux is a real kernel."""

import pytest

from sim.boards import list_boards, load_board
from sim.boards.profile import load_profile
from sim.boards.views import rtl_parameters, rtos_board
from sim.linux_peer.board import host_board


@pytest.mark.parametrize("name", list_boards())
def test_the_model_has_the_board_as_it_is(name: str):
    board = host_board(name, "model")
    assert board == load_board(name)
    assert not board.real_linux
    assert "LINUX_BYTES" not in rtl_parameters(board)
    assert "memory_offset" not in rtos_board(board, load_profile(board))["rpmsg"]


@pytest.mark.parametrize("name", list_boards())
def test_a_real_kernel_has_a_window_and_rings_of_its_own(name: str):
    board = host_board(name, "linux", 16)
    ram = board.linux_ram
    assert board.real_linux and ram is not None
    assert ram in board.linux.regions and ram in board.rtos.regions
    parameters = rtl_parameters(board)
    assert (parameters["LINUX_BASE"], parameters["LINUX_BYTES"]) == (ram.base, ram.size)
    rpmsg = rtos_board(board, load_profile(board))["rpmsg"]
    assert rpmsg["memory_offset"] == ram.base
    assert (rpmsg["vring_num"], rpmsg["vring_align"]) == (16, 4096)
    assert not rpmsg["avail_aligned"] and "vring_base" not in rpmsg
