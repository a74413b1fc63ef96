# SPDX-License-Identifier: Apache-2.0
"""The VisionFive 2 as it comes: addresses of the original, and what each consumer gets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.boards import Board, BoardError, list_boards, load_board, load_profile
from sim.boards.link_rules import vring_bytes
from sim.boards.views import linux_board, linux_nodes, rtl_parameters, rtos_board


@pytest.fixture(scope="module")
def board() -> Board:
    return load_board("visionfive2")


def test_board_is_listed():
    assert "visionfive2" in list_boards()


def test_unknown_board_is_named():
    with pytest.raises(BoardError) as caught:
        load_board("visionfive3")
    names = " or ".join(list_boards())
    expected = f"unknown board 'visionfive3': expected {names} or a path that ends in .dts"
    assert str(caught.value) == expected


def test_missing_file_is_named():
    path = Path("nowhere/board.dts").absolute()
    with pytest.raises(BoardError) as caught:
        load_board("nowhere/board.dts")
    expected = "expected a readable file, found No such file or directory"
    assert str(caught.value) == f"{path}: {expected}"


def test_board_of_ones_own_has_the_name_of_its_folder(tmp_path: Path, board: Board):
    source = tmp_path / "mine" / "board.dts"
    source.parent.mkdir()
    source.write_bytes(Path(board.source).read_bytes())
    assert load_board(str(source)).name == "mine"
    with pytest.raises(BoardError) as caught:
        load_profile(load_board(str(source)))
    expected = "expected a readable timing profile, found No such file or directory"
    assert str(caught.value) == f"{source.with_name('profile.toml')}: {expected}"


def test_memory_is_that_of_the_vendors_article(board: Board):
    """Seed 000 §3: the table of reserved memory."""
    spans = {region.name: (region.base, region.end - 1) for region in board.reserved}
    assert spans["amp-shared"] == (0x6E400000, 0x6E7FFFFF)
    assert spans["rtos-code"] == (0x6E800000, 0x6EFFFFFF)
    assert spans["rtos-heap"] == (0x6F000000, 0x6FFFFFFF)


def test_s_mode_contexts_are_twice_the_hart_id(board: Board):
    assert {hart.hart_id: hart.plic_context for hart in board.harts} == {1: 2, 2: 4, 3: 6, 4: 8}


def test_harts_have_master_ports_in_order(board: Board):
    assert [hart.index for hart in board.harts] == [0, 1, 2, 3]
    assert (board.linux.hart_ids, board.rtos.hart_ids) == ((1, 2, 3), (4,))


def test_ring_sizes_are_those_of_the_port():
    """facts rtos-side §4.5: avail aligned too, n=2 and n=256; and the standard layout beside it."""
    assert vring_bytes(2, 64, avail_aligned=True) == 0xC0
    assert vring_bytes(256, 64, avail_aligned=True) == 0x1A80
    assert vring_bytes(2, 64, avail_aligned=False) == 0x80


def test_rtos_gets_its_constants(board: Board):
    given = rtos_board(board, load_profile(board), app="echo", count=7)
    assert (given["hart_id"], given["clint"], given["tick_hz"]) == (4, 0x02000000, 1000)
    assert given["plic"] == {"base": 0x0C000000, "context": 8, "sources": 136}
    assert given["console"] == {
        "base": 0x10010000,
        "irq": 33,
        "clock_hz": 24_000_000,
        "baud": 115200,
        "reg_shift": 2,
        "poll_stall": 25,
    }
    assert given["privilege"] == "supervisor"
    assert given["rpmsg"] == {
        "platform": "starfive",
        "mailbox": 0x6E400000,
        "vring_base": 0x6E410000,
        "vring_num": 2,
        "vring_align": 64,
        "avail_aligned": True,
        "payload": 496,
        "consumed_notify": True,
        "linux_hart_mask": 0x2,
        "link_id": 0,
        "shm_end": 0x6E7FFFFF,
    }
    assert (given["app"], given["count"]) == ("echo", 7)
    assert json.loads(json.dumps(given)) == given


def test_linux_finds_its_driver_by_compatible(board: Board):
    nodes = linux_nodes(board)
    (link,) = [n for n in nodes if "starfive,amp-virtio-rpmsg" in n["compatible"]]
    assert link["properties"]["rtos-hart-id"] == 4
    assert link["properties"]["memory-region"] == {
        "mailbox": (0x6E400000, 0x1000),
        "vrings": (0x6E410000, 0x10000),
        "buffers": (0x6E420000, 0x10000),
    }
    assert all(0x10010000 not in [base for base, _ in node["reg"]] for node in nodes)


def test_linux_gets_its_harts_and_costs(board: Board):
    given = linux_board(board, load_profile(board))
    assert (given["harts"], given["boot_hart"]) == ([1, 2, 3], 1)
    assert given["memory"] == (0x40000000, 0x800000)
    assert given["costs"]["tick_softirq_min"] < given["costs"]["tick_softirq_max"]


def test_rtl_gets_the_map(board: Board):
    assert rtl_parameters(board) == {
        "DRAM_BASE": 0x40000000,
        "DRAM_BYTES": 0x800000,
        "AMP_BASE": 0x6E400000,
        "AMP_BYTES": 0x1C00000,
        "CLINT_BASE": 0x02000000,
        "PLIC_BASE": 0x0C000000,
        "UART0_BASE": 0x10000000,
        "UART1_BASE": 0x10010000,
        "HARTCTL_BASE": 0x13030000,
        "MPU_BASE": 0x13050000,
    }
