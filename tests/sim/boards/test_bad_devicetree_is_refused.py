# SPDX-License-Identifier: Apache-2.0
"""A devicetree that does not fit together ends in one line: where, expected what, found what."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.boards import BoardError, load_board
from sim.boards.board import board_source
from tests.sim.boards.edited_board import (
    assert_refused,
    assert_refused_in_one_line_or_read,
    damaged_boards,
    edited_board,
)

SOURCE = board_source("visionfive2").read_text(encoding="utf-8")
SHARED = "/reserved-memory/amp-shared@6e400000"
DOMAINS = "/chosen/opensbi-domains"

# What is changed in the good source, and the message after the file's name.
EDITS = {
    "overlapping reserved regions": (
        [("rtos-heap@6f000000", "rtos-heap@6ef00000"), ("0x6f000000 0x0", "0x6ef00000 0x0")],
        "/reserved-memory/rtos-heap@6ef00000: expected reserved regions that do not overlap, "
        "found 0x6ef00000-0x6fefffff over 0x6e800000-0x6effffff of "
        "/reserved-memory/rtos-code@6e800000",
    ),
    "overlapping parts of the shared region": (
        [("0x6e410000 0x0 0x10000", "0x6e410000 0x0 0x11000")],
        f"{SHARED}/vdev-buffers@6e420000: expected reserved regions that do not overlap, "
        f"found 0x6e420000-0x6e42ffff over 0x6e410000-0x6e420fff of {SHARED}/vrings@6e410000",
    ),
    "part outside its parent": (
        [("vdev-buffers@6e420000", "vdev-buffers@6e7ff000"), ("0x6e420000 0x0", "0x6e7ff000 0x0")],
        f"{SHARED}/vdev-buffers@6e7ff000: expected a region inside 0x6e400000-0x6e7fffff of "
        f"{SHARED}, found 0x6e7ff000-0x6e80efff",
    ),
    "reserved region outside memory": (
        [("0x6f000000 0x0 0x1000000", "0x6f000000 0x0 0x1001000")],
        "/reserved-memory/rtos-heap@6f000000: expected a region inside a memory window, "
        "found 0x6f000000-0x70000fff",
    ),
    "device over memory": (
        [("serial@10010000", "serial@40001000"), ("0x10010000", "0x40001000")],
        "/soc/serial@40001000: expected memory windows and devices that do not overlap, "
        "found 0x40001000-0x40010fff over 0x40000000-0x407fffff of /memory@40000000",
    ),
    "misaligned region": (
        [
            ("mailbox@6e400000", "mailbox@6e400010"),
            ("0x6e400000 0x0 0x1000>", "0x6e400010 0x0 0x1000>"),
        ],
        f"{SHARED}/mailbox@6e400010: expected base and size in pages of 0x1000, "
        "found base 0x6e400010 size 0x1000",
    ),
    "address beyond the bus": (
        [
            ("hartctl: reset-controller@13030000", "hartctl: reset-controller@113030000"),
            ("<0x0 0x13030000", "<0x1 0x13030000"),
        ],
        "/soc/reset-controller@113030000: expected an end within 32 address bits, "
        "found 0x113030000-0x113030fff",
    ),
    "unit address": (
        [("rtos-code@6e800000", "rtos-code@6e900000")],
        "/reserved-memory/rtos-code@6e900000: expected the unit address of its reg, 6e800000, "
        "found 6e900000",
    ),
    "missing property": (
        [("\t\tampsim,vring-num = <2>;\n", "")],
        "/rpmsg/ampsim,vring-num: expected this property, found none",
    ),
    "property of another type": (
        [("ampsim,vring-num = <2>", 'ampsim,vring-num = "two"')],
        '/rpmsg/ampsim,vring-num: expected one number, found "two"',
    ),
    "missing node": (
        [('"starfive,amp-virtio-rpmsg"', '"starfive,other"')],
        '/: expected one node compatible with "starfive,amp-virtio-rpmsg", found 0',
    ),
    "missing region of the link": (
        [('"mailbox", "vrings", "buffers"', '"mailbox", "vrings"')],
        "/rpmsg/memory-region: expected mailbox, vrings and buffers, found mailbox, vrings",
    ),
    "ring that is no power of two": (
        [("ampsim,vring-num = <2>", "ampsim,vring-num = <3>")],
        "/rpmsg/ampsim,vring-num: expected a power of two, found 3",
    ),
    "rings larger than their region": (
        [("ampsim,vring-num = <2>", "ampsim,vring-num = <2048>")],
        f"{SHARED}/vrings@6e410000: expected 0x1a100 bytes for 2 rings of 2048, found 0x10000",
    ),
    "buffers larger than their region": (
        [("ampsim,vring-num = <2>", "ampsim,vring-num = <128>")],
        f"{SHARED}/vdev-buffers@6e420000: expected 0x20000 bytes for 256 buffers, found 0x10000",
    ),
    "hart in both domains": (
        [("<&cpu1 &cpu2 &cpu3>", "<&cpu1 &cpu2 &cpu3 &cpu4>")],
        f"{DOMAINS}: expected every enabled hart [1, 2, 3, 4] in one domain, found [1, 2, 3, 4, 4]",
    ),
    "hart that is disabled": (
        [("<&cpu1 &cpu2 &cpu3>", "<&cpu0 &cpu1 &cpu2 &cpu3>")],
        f"{DOMAINS}/linux-domain: expected harts that are enabled, found /cpus/cpu@0",
    ),
    "boot hart of the other domain": (
        [("boot-hart = <&cpu4>", "boot-hart = <&cpu1>")],
        f"{DOMAINS}/rtos-domain/boot-hart: expected one of the domain's harts [4], found 1",
    ),
    "link to another hart": (
        [("rtos-hart-id = <4>", "rtos-hart-id = <3>")],
        "/rpmsg/rtos-hart-id: expected the boot hart of the RTOS domain, 4, found 3",
    ),
    "domain without the shared region": (
        [("<&dram &amp_shared>", "<&dram>")],
        f"{DOMAINS}/linux-domain/ampsim,regions: expected a region with {SHARED} in it, found none",
    ),
    "RTOS code open to Linux": (
        [("<&dram &amp_shared>", "<&dram &amp_shared &rtos_code>")],
        f"{DOMAINS}/linux-domain/ampsim,regions: expected only the shared region in both domains, "
        "found /reserved-memory/rtos-code@6e800000",
    ),
    "two devices on one source": (
        [("interrupts = <33>", "interrupts = <32>")],
        "/soc/serial@10010000/interrupts: expected a source that /soc/serial@10000000 "
        "does not use, found 32",
    ),
    "source beyond the PLIC": (
        [("interrupts = <33>", "interrupts = <137>")],
        "/soc/serial@10010000/interrupts: expected a PLIC source of 1 to 136, found 137",
    ),
    "timebase that does not divide": (
        [("timebase-frequency = <4000000>", "timebase-frequency = <3000000>")],
        "/cpus/timebase-frequency: expected a divisor of the bench clock, 100000000 Hz, "
        "found 3000000",
    ),
    "console without an alias": (
        [('"serial1:115200n8"', '"serial7:115200n8"')],
        f'{DOMAINS}/rtos-domain/stdout-path: expected "<alias of a UART>:<baud>", '
        'found "serial7:115200n8"',
    ),
    "console without a baud": (
        [('"serial1:115200n8"', '"serial1"')],
        f'{DOMAINS}/rtos-domain/stdout-path: expected "<alias of a UART>:<baud>", found "serial1"',
    ),
    "third memory window": (
        [
            (
                "\treserved-memory {",
                "\tmemory@80000000 {\n\t\treg = <0 0x80000000 0 0x1000>;\n\t};\n"
                "\treserved-memory {",
            )
        ],
        "/: expected two memory windows (Linux, AMP), found 3 memory nodes",
    ),
    "translated bus": (
        [
            (
                "interrupt-parent = <&plic>;\n\t\tranges;",
                "interrupt-parent = <&plic>;\n\t\tranges = <0 0 0 0 0 0x80000000>;",
            )
        ],
        "/soc/ranges: expected an empty ranges property, found a translation",
    ),
}


def edited(folder: Path, replacements: list[tuple[str, str]]) -> str:
    return edited_board(SOURCE, folder, replacements)


@pytest.mark.parametrize("case", EDITS)
def test_fault_is_named(tmp_path: Path, case: str):
    replacements, message = EDITS[case]
    assert_refused(edited(tmp_path, replacements), message)


def test_unchanged_copy_is_accepted(tmp_path: Path):
    assert load_board(edited(tmp_path, [])).rpmsg.rings.num == 2


def test_syntax_error_names_line_and_column(tmp_path: Path):
    path = edited(tmp_path, [("ampsim,vring-num = <2>;", "ampsim,vring-num = <2>")])
    with pytest.raises(BoardError) as caught:
        load_board(path)
    line = SOURCE[: SOURCE.index("ampsim,vring-num")].count("\n") + 2
    assert str(caught.value).startswith(f"{path}:{line} (column 3): parse error: ")
    assert "\n" not in str(caught.value)


def test_binary_file_is_refused(tmp_path: Path):
    path = tmp_path / "binary.dts"
    path.write_bytes(b"\xd0\x0d\xfe\xed\xff\xff")
    assert_refused(str(path), "expected UTF-8 text, found other bytes")


reuse = settings(max_examples=150)


@reuse
@given(start=st.integers(0, 0x3FF), pages=st.integers(1, 0x400))
def test_any_overlap_with_the_rings_is_refused(tmp_path: Path, start: int, pages: int):
    """The buffer pool at any page of the shared region: refused exactly when it touches another."""
    base, size = 0x6E400000 + 0x1000 * start, 0x1000 * pages
    path = edited(
        tmp_path,
        [
            ("vdev-buffers@6e420000", f"vdev-buffers@{base:x}"),
            ("0x6e420000 0x0 0x10000", f"0x{base:x} 0x0 0x{size:x}"),
        ],
    )
    taken = [(0x6E400000, 0x6E401000), (0x6E410000, 0x6E420000)]
    fits = base + size <= 0x6E800000 and all(base + size <= a or base >= b for a, b in taken)
    if fits:
        assert load_board(path).rpmsg.buffers.base == base
    else:
        with pytest.raises(BoardError) as caught:
            load_board(path)
        assert f"vdev-buffers@{base:x}" in str(caught.value) and "\n" not in str(caught.value)


@reuse
@given(text=damaged_boards(SOURCE))
def test_damaged_source_is_refused_in_one_line_or_read(tmp_path: Path, text: str):
    assert_refused_in_one_line_or_read(text, tmp_path)
