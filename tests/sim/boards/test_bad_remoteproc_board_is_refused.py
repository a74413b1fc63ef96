# SPDX-License-Identifier: Apache-2.0
"""A board with a remote processor that does not fit together ends in one line, too."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

from sim.boards import BoardError, load_board
from sim.boards.board import board_source
from tests.sim.boards.edited_board import (
    assert_refused,
    assert_refused_in_one_line_or_read,
    damaged_boards,
    edited_board,
)

SOURCE = board_source("v821").read_text(encoding="utf-8")
REMOTE = "/soc/e907_rproc@43030000"
RESERVED = "/reserved-memory"

# What is changed in the good source, and the message after the file's name.
EDITS = {
    "unknown SoC": (
        [('"allwinner,v821", "allwinner,sun300iw1p1"', '"allwinner,v853"')],
        "/compatible: expected one of starfive,jh7110, allwinner,sun300iw1p1, found allwinner,v853",
    ),
    "carveouts over each other": (
        [("0x81380000 0x0 0x40000", "0x81380000 0x0 0x41000")],
        f"{RESERVED}/vdev0vring0@813c0000: expected reserved regions that do not overlap, found "
        f"0x813c0000-0x813c1fff over 0x81380000-0x813c0fff of {RESERVED}/vdev0buffer@81380000",
    ),
    "carveout outside the DRAM": (
        [("e907_rpbuf@81646000", "e907_rpbuf@82000000"), ("0x81646000 0x0", "0x82000000 0x0")],
        f"{RESERVED}/e907_rpbuf@82000000: expected a region inside a memory window, "
        "found 0x82000000-0x8205ffff",
    ),
    "ring larger than its carveout": (
        [("ampsim,vring-num = <128>", "ampsim,vring-num = <256>")],
        f"{RESERVED}/vdev0vring0@813c0000: expected 0x3000 bytes for a ring of 256, found 0x2000",
    ),
    "second ring's carveout too small": (
        [("0x813c2000 0x0 0x2000", "0x813c2000 0x0 0x1000")],
        f"{RESERVED}/vdev0vring1@813c2000: expected 0x2000 bytes for a ring of 128, found 0x1000",
    ),
    "buffers larger than their carveout": (
        [("0x81380000 0x0 0x40000", "0x81380000 0x0 0x1f000")],
        f"{RESERVED}/vdev0buffer@81380000: expected 0x20000 bytes for 256 buffers, found 0x1f000",
    ),
    "number of descriptors": (
        [("ampsim,vring-num = <128>", "ampsim,vring-num = <100>")],
        f"{REMOTE}/ampsim,vring-num: expected a power of two, found 100",
    ),
    "missing carveout": (
        [("<&rv_ddr_reserved>, <&rv_vdev0buffer>", "<&rv_ddr_reserved>, <&e907_mem_fw>")],
        f"{REMOTE}/memory-region: expected the regions rv_ddr_reserved, vdev0buffer, vdev0vring0, "
        "vdev0vring1, found rv_ddr_reserved, e907_mem_fw, vdev0vring0, vdev0vring1, "
        "share_irq_table",
    ),
    "carveout without a device address": (
        [("<0x80000000 0xfffffff 0x80000000>", "<0x80000000 0x1000000 0x80000000>")],
        f"{REMOTE}/memory-mappings: expected a mapping with "
        f"{RESERVED}/rv_ddr_reserved@81000000 in it, found none",
    ),
    "mapping that is no triple": (
        [("<0x80000000 0xfffffff 0x80000000>", "<0x80000000>")],
        f"{REMOTE}/memory-mappings: expected <device-address length physical-address> triples, "
        "found (33554432, 43008, 33554432, 33597440, 95232, 33597440, 1744830464, 16777216, "
        "1744830464, 2147483648)",
    ),
    "mailbox that is none": (
        [("mboxes = <&msgbox 0>", "mboxes = <&hwspinlock 0>")],
        f"{REMOTE}/mboxes: expected a node with #mbox-cells, found /soc/hwspinlock@43005000",
    ),
    "mailbox of another kind": (
        [
            ("mboxes = <&msgbox 0>", "mboxes = <&hwspinlock 0>"),
            ("#hwlock-cells = <1>", "#mbox-cells = <1>"),
        ],
        f'{REMOTE}/mboxes: expected a node compatible with "allwinner,sunxi-msgbox", '
        "found /soc/hwspinlock@43005000",
    ),
    "mailbox without a channel": (
        [("mboxes = <&msgbox 0>", "mboxes = <&msgbox>")],
        f"{REMOTE}/mboxes: expected 1 cells after /soc/msgbox@43033000, found 0",
    ),
    "channel that the mailbox has not": (
        [("mboxes = <&msgbox 0>", "mboxes = <&msgbox 4>")],
        f"{REMOTE}/mboxes: expected a channel of 0 to 3, found 4",
    ),
    "mailbox with one end": (
        [("<0x0 0x43033000 0x0 0x1000>, <0x0 0x49102000 0x0 0x1000>", "<0 0x43033000 0 0x1000>")],
        "/soc/msgbox@43033000: expected a register block for each end and local_id 0 or 1, "
        "found 1 and 1",
    ),
    "mailbox with one interrupt": (
        [("interrupts = <144>, <123>", "interrupts = <144>")],
        "/soc/msgbox@43033000/interrupts: expected one source for each end, found 1",
    ),
    "mailbox on a source that is taken": (
        [("interrupts = <144>, <123>", "interrupts = <144>, <55>")],
        "/soc/msgbox@43033000/interrupts: expected a source that /soc/hwspinlock@43005000 does "
        "not use, found 55",
    ),
    "reset bit that is none": (
        [("<&ccu 0x9c 0>", "<&ccu 0x9c 32>")],
        f"{REMOTE}/resets: expected <&ccu offset bit> with a bit of 0 to 31, "
        "found /soc/ccu@42001000 0x9c 0x20",
    ),
    "reset register outside the unit": (
        [("<&ccu 0x9c 0>", "<&ccu 0x1000 0>")],
        f"{REMOTE}/resets: expected a register inside 0x42001000-0x42001fff of "
        "/soc/ccu@42001000, found offset 0x1000",
    ),
    "resets and their names": (
        [('"rv-cfg-rst", "rv-sys-rst", "core-rst"', '"rv-cfg-rst", "rv-sys-rst"')],
        f"{REMOTE}/reset-names: expected 3 names, found 2",
    ),
    "a reset that is missing": (
        [('"rv-cfg-rst", "rv-sys-rst", "core-rst"', '"rv-cfg-rst", "rv-sys-rst", "axi-rst"')],
        f"{REMOTE}/reset-names: expected the lines cfg, sys, core, found cfg, sys, axi",
    ),
    "a clock that is missing": (
        [('"core-gate", "rv-ts-gate"', '"bus-gate", "rv-ts-gate"')],
        f"{REMOTE}/clock-names: expected the lines core, found bus, ts",
    ),
    "stop record in nobody's registers": (
        [("stop-record-reg = <0x4a00020c>", "stop-record-reg = <0x4b00020c>")],
        f"{REMOTE}/stop-record-reg: expected a word of a device's registers, found 0x4b00020c",
    ),
    "firmware region that is missing": (
        [("\t\t\tfw-region = <&e907_mem_fw>;\n", "")],
        f"{REMOTE}/fw-region: expected this property, found none",
    ),
    "buffers of another remote": (
        [("remoteproc = <&e907_rproc>", "remoteproc = <&msgbox>")],
        f"/soc/rpbuf_controller@0/remoteproc: expected {REMOTE}, found /soc/msgbox@43033000",
    ),
    "heap outside the RTOS's memory": (
        [
            ("ampsim,heap-region = <&rtos_heap>", "ampsim,heap-region = <&e907_mem_fw>"),
            (
                "ampsim,regions = <&rv_ddr_reserved>",
                "ampsim,regions = <&rv_ddr_reserved &e907_mem_fw>",
            ),
        ],
        f"{RESERVED}/e907_mem_fw@813c4000: expected a region inside 0x81000000-0x8137ffff of "
        f"{RESERVED}/rv_ddr_reserved@81000000, found 0x813c4000-0x81643fff",
    ),
    "mode that is none": (
        [("next-mode = <3>", "next-mode = <2>")],
        "/chosen/systems/rtos-domain/next-mode: expected 1 (supervisor) or 3 (machine), found 2",
    ),
    "RTOS without a context": (
        [("<&cpu0_intc 9>, <&cpu1_intc 11>", "<&cpu0_intc 9>, <&cpu1_intc 9>")],
        "/cpus/cpu@1: expected a machine context in the PLIC's list, found none",
    ),
    "hart that the SoC has not": (
        [("cpu@1", "cpu@2"), ("reg = <1>", "reg = <2>")],
        "/cpus/cpu@2/reg: expected a hart id of 0 to 1, found 2",
    ),
    "second memory window": (
        [
            (
                "\treserved-memory {",
                "\tmemory@90000000 {\n\t\treg = <0 0x90000000 0 0x1000>;\n\t};\n"
                "\treserved-memory {",
            )
        ],
        "/: expected one memory window (DRAM), found 2 memory nodes",
    ),
    "UART in half a block": (
        [("uart@42500800", "uart@42500900"), ("0x42500800 0x0", "0x42500900 0x0")],
        "/soc/uart@42500900: expected base and size in blocks of 0x400, "
        "found base 0x42500900 size 0x400",
    ),
    "kernel without a machine": (
        [('"5.4-ansc", "riscv32"', '"5.4-ansc"')],
        "/chosen/systems/linux-domain/ampsim,kernel: expected release and machine, found 1 strings",
    ),
}


def edited(folder: Path, replacements: list[tuple[str, str]]) -> str:
    return edited_board(SOURCE, folder, replacements)


@pytest.mark.parametrize("case", EDITS)
def test_fault_is_named(tmp_path: Path, case: str):
    replacements, message = EDITS[case]
    assert_refused(edited(tmp_path, replacements), message)


def test_a_board_without_shared_buffers_is_accepted(tmp_path: Path):
    path = edited(tmp_path, [('"allwinner,rpbuf-controller"', '"allwinner,none"')])
    with pytest.raises(BoardError):
        load_board(path)
    node = SOURCE[SOURCE.index("\t\trpbuf_controller0:") : SOURCE.index("\t\t// One controller")]
    board = load_board(edited(tmp_path, [(node, "")]))
    assert board.rpmsg.rpbuf is None


@settings(max_examples=150)
@given(text=damaged_boards(SOURCE))
def test_damaged_source_is_refused_in_one_line_or_read(tmp_path: Path, text: str):
    assert_refused_in_one_line_or_read(text, tmp_path)
