# SPDX-License-Identifier: Apache-2.0
"""The V821 as it comes: addresses of the original, and what each consumer gets."""

from __future__ import annotations

import json

import pytest

from sim.boards import Board, list_boards, load_board, load_profile
from sim.boards.link_rules import ring_bytes
from sim.boards.model import RemoteprocLink
from sim.boards.views import linux_board, linux_nodes, rtl_parameters, rtos_board, rtos_windows

CCU = 0x42001000


@pytest.fixture(scope="module")
def board() -> Board:
    return load_board("v821")


@pytest.fixture(scope="module")
def nodes(board: Board) -> dict[str, dict]:
    return {node["label"]: node for node in linux_nodes(board)}


def test_board_is_listed_and_names_its_soc(board: Board):
    assert "v821" in list_boards()
    assert board.soc == "v821"


def test_memory_is_that_of_the_vendors_page(board: Board):
    """Layout perf2b_fastboot (facts rtos-side §5.4)."""
    spans = {region.name: (region.base, region.size) for region in board.reserved}
    assert spans["rv_ddr_reserved"] == (0x81000000, 0x380000)
    assert spans["vdev0buffer"] == (0x81380000, 0x40000)
    assert spans["vdev0vring0"] == (0x813C0000, 0x2000)
    assert spans["vdev0vring1"] == (0x813C2000, 0x2000)
    assert spans["e907_mem_fw"] == (0x813C4000, 0x280000)
    assert spans["share_irq_table"] == (0x81644000, 0x2000)
    assert spans["e907_rpbuf"] == (0x81646000, 0x60000)
    assert spans["opensbi"] == (0x80FC0000, 0x40000)


def test_harts_have_master_ports_in_order(board: Board):
    assert [(hart.index, hart.hart_id) for hart in board.harts] == [(0, 0), (1, 1)]
    assert (board.linux.hart_ids, board.rtos.hart_ids) == ((0,), (1,))


def test_contexts_are_s_mode_of_linux_and_m_mode_of_the_rtos(board: Board):
    assert {hart.hart_id: hart.plic_context for hart in board.harts} == {0: 1, 1: 2}
    assert (board.linux.privilege, board.rtos.privilege) == ("supervisor", "machine")


def test_a_ring_fills_its_carveout_exactly(board: Board):
    assert ring_bytes(board.rpmsg.rings) == 0x2000


def test_rtos_gets_its_constants(board: Board):
    given = rtos_board(board, load_profile(board), app="echo", count=7)
    assert (given["hart_id"], given["privilege"], given["tick_hz"]) == (1, "machine", 1000)
    assert given["plic"] == {"base": 0x48000000, "context": 2, "sources": 187}
    assert (given["console"]["base"], given["console"]["irq"]) == (0x42500800, 5)
    assert given["code"] == {"base": 0x81000000, "size": 0x200000}
    assert given["heap"] == {"base": 0x81200000, "size": 0x180000}
    assert given["rpmsg"] == {
        "platform": "sunxi",
        "msgbox": {
            "local": 0x43033000,
            "remote": 0x49102000,
            "irq": 144,
            "channel": 0,
            "slot": 0,
        },
        "buffer_bytes": 0x40000,
        "vring_num": 128,
        "vring_align": 4096,
        "avail_aligned": False,
        "payload": 496,
        "consumed_notify": True,
        "link_id": 0,
        "stop_record": 0x4A00020C,
        "heartbeat_ticks": 100,
        "rpbuf": True,
    }
    assert json.loads(json.dumps(given)) == given


def test_firmware_may_lie_in_the_rtoss_memory_only(board: Board):
    assert rtos_windows(board) == [(0x81000000, 0x380000)]


def test_linux_sees_its_end_of_the_message_box_first(nodes: dict[str, dict]):
    msgbox = nodes["msgbox"]
    assert "allwinner,sunxi-msgbox" in msgbox["compatible"]
    assert msgbox["reg"] == [(0x49102000, 0x1000), (0x43033000, 0x1000)]
    assert msgbox["interrupts"] == [123]
    assert msgbox["properties"]["ampsim,slot"] == 0


def test_linux_finds_the_remote_with_everything_resolved(nodes: dict[str, dict]):
    remote = nodes["e907_rproc"]
    assert remote["path"] == "/soc/e907_rproc@43030000"
    assert "allwinner,sun300iw1p1-e907-rproc" in remote["compatible"]
    assert remote["reg"] == [(0x43030000, 0x1000)]
    properties = remote["properties"]
    assert properties["firmware-name"] == "amp_rv0.bin"
    assert (properties["mboxes"], properties["mbox-names"]) == (("msgbox", 0), "arm-kick")
    assert properties["memory-region"]["vdev0vring1"] == (0x813C2000, 0x2000)
    assert properties["fw-region"] == (0x813C4000, 0x280000)
    assert properties["stop-record-reg"] == 0x4A00020C
    assert properties["resets"] == {
        "cfg": (CCU + 0x90, 0),
        "sys": (CCU + 0x90, 1),
        "core": (CCU + 0x9C, 0),
    }
    assert properties["clocks"] == {"core": (CCU + 0x80, 0), "ts": (CCU + 0xC, 31)}
    assert properties["ampsim,register-keys"] == {CCU + 0x9C: 0xA5690000}
    assert properties["memory-mappings"][:3] == (0x02000000, 0xA800, 0x02000000)
    for flag in ("auto-boot", "skip-shutdown", "ampsim,stop-notify"):
        assert properties[flag] is True


def test_linux_finds_the_buffer_controller(nodes: dict[str, dict]):
    rpbuf = nodes["rpbuf_controller0"]
    assert rpbuf["compatible"] == ("allwinner,rpbuf-controller",)
    assert rpbuf["properties"]["memory-region"] == {"e907_rpbuf": (0x81646000, 0x60000)}
    assert rpbuf["properties"]["remoteproc"] == "e907_rproc"


def test_linux_gets_the_contexts_and_not_the_rtoss_console(nodes: dict[str, dict]):
    assert nodes["plic0"]["properties"]["ampsim,contexts"] == {0: 1, 1: 2}
    assert "uart0" in nodes and "uart2" not in nodes


def test_linux_gets_its_hart_and_costs(board: Board):
    given = linux_board(board, load_profile(board))
    assert (given["harts"], given["boot_hart"], given["memory"]) == (
        [0],
        0,
        (0x80000000, 0x2000000),
    )


def test_rtl_gets_the_map(board: Board):
    given = rtl_parameters(board)
    assert (given["DRAM_BASE"], given["DRAM_BYTES"]) == (0x80000000, 0x2000000)
    assert (given["SRAM_BASE"], given["SRAM_BYTES"]) == (0x02000000, 0x20000)
    assert (given["UART0_BASE"], given["UART1_BASE"]) == (0x42500000, 0x42500800)
    assert given["PLIC_BASE"] == 0x48000000
    assert given["UART1_BIT_CLOCKS"] == 67  # 1.5 Mbaud


def test_the_link_is_a_remote_processors(board: Board):
    assert isinstance(board.rpmsg, RemoteprocLink)
    assert board.rpmsg.stop_record == 0x4A00020C
