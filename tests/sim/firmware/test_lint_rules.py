# SPDX-License-Identifier: Apache-2.0
"""Each rule of the firmware check fires where it should, with its place, and nowhere else."""

from __future__ import annotations

import ast
from pathlib import Path

import mcu_file as mcu
import pytest
from mcu_file import GOOD, LOG_AT, TABLE_AT, VDEV_AT

from sim.boards import load_board
from sim.firmware.elf_layout import ELF32, SHT_SYMTAB
from sim.firmware.elf_writer import write_elf
from sim.firmware.lint import Target, lint
from sim.firmware.resource_table import ANY, Carveout, Kind, pack_table

TARGET = Target.of(load_board("v821"))
RING = VDEV_AT + 28
P = ELF32.program_bytes


def without_table(_data: bytes) -> bytes:
    return write_elf(mcu.mcu_elf(b""))


def without_version(_data: bytes) -> bytes:
    return write_elf(mcu.mcu_elf(pack_table(list(mcu.ENTRIES)), b""))


def with_two_tables(data: bytes) -> bytes:
    """Let the section behind the table have the table's name."""
    name = mcu.TABLE_SECTION
    word = int.from_bytes(data[name : name + 4], "little")
    return mcu.put(name + ELF32.section_bytes, word)(data)


def drop_loads(data: bytes) -> bytes:
    for number in range(3):
        data = mcu.program(number, "type", 4)(data)
    return data


def without_end(at: int, name: bytes) -> mcu.Change:
    """Fill a name's field up to its last byte."""

    def change(data: bytes) -> bytes:
        start = TABLE_AT + at
        return data[:start] + name.ljust(32, b"x") + data[start + 32 :]

    return change


CASES = [
    # rule, change, offset in the file (None: no byte), expected, found
    (
        *("elf-magic", lambda _: bytes.fromhex("6f000000") + bytes(100), 0),
        "an ELF file (magic 7f454c46); amp_rv0.bin is a stripped ELF, no objcopy output",
        "6f000000",
    ),
    ("elf-class", mcu.put(4, 3, "B"), 4, "ELF class 1 or 2", "3"),
    ("elf-truncated", lambda data: data[:40], 0, "a header of 52 bytes", "40 bytes"),
    ("elf-byte-order", mcu.put(5, 2, "B"), 5, "little endian (1)", "2"),
    ("elf-machine", mcu.header("machine", 62), 18, "RISC-V (243)", "62"),
    ("elf-type", mcu.header("type", 3), 16, "ET_EXEC (2)", "3"),
    ("elf-program-headers", mcu.header("phnum", 0), 44, "at least one", "0"),
    ("elf-program-headers", mcu.header("phentsize", 56), 42, "program headers of 32 bytes", "56"),
    (
        *("elf-program-headers", mcu.header("phoff", 0xFFFFFFF0, "<I"), 28),
        "program headers of 96 bytes at 4294967280 inside the file",
        f"a file of {len(GOOD)} bytes",
    ),
    ("elf-section-headers", mcu.header("shentsize", 64), 46, "section headers of 40 bytes", "64"),
    (
        *("elf-section-headers", lambda data: data[:-10], 32),
        f"section headers of 240 bytes at {mcu.SHOFF} inside the file",
        f"a file of {len(GOOD) - 10} bytes",
    ),
    ("elf-section-headers", mcu.header("shstrndx", 9), 50, "a section below 6", "9"),
    (
        *("section-truncated", mcu.table_section("offset", 0xFFFFFF00)),
        mcu.TABLE_SECTION + 16,
        f"section 2 (.resource_table) inside {len(GOOD)} bytes",
        f"an end at {0xFFFFFF00 + 200}",
    ),
    (
        *("symbols", mcu.table_section("type", SHT_SYMTAB), mcu.TABLE_SECTION),
        *("a stripped file", ".resource_table of 200 bytes"),
    ),
    ("version-missing", without_version, None, "a section .version_table", "none"),
    (
        *("segment-none", drop_loads, 44),
        *("a PT_LOAD segment with memory", "none"),
    ),
    (
        *("segment-truncated", mcu.program(0, "filesz", 0x100000), mcu.PHOFF + 16),
        f"segment 0 inside {len(GOOD)} bytes of file",
        f"an end at {0x101000}",
    ),
    (
        *("segment-sizes", mcu.program(0, "memsz", 8), mcu.PHOFF + 20),
        *("segment 0 with at least 64 bytes of memory", "8"),
    ),
    (
        *("segment-window", mcu.program(2, "paddr", 0x81380000), mcu.PHOFF + 2 * P + 12),
        "segment 2 in 0x81000000-0x8137ffff",
        "0x81380000-0x81380fff",
    ),
    (
        *("segment-overlap", mcu.program(2, "paddr", mcu.CODE + 32), mcu.PHOFF + 2 * P + 12),
        "segment 2 apart from segment 0, from 0x81000040 on",
        "0x81000020",
    ),
    (
        *("entry", mcu.header("entry", mcu.DATA, "<I"), 24),
        *("an entry point in an executable segment", "0x811fe000"),
    ),
    ("entry", mcu.header("entry", mcu.CODE + 1, "<I"), 24, "an even entry point", "0x81000001"),
    (
        *("section-name", mcu.table_section("name", 0x40000), mcu.TABLE_SECTION),
        *("the name of section 2 inside 55 bytes of names", "262144"),
    ),
    ("table-missing", without_table, None, "a section .resource_table", "none"),
    (
        *("table-duplicate", with_two_tables, mcu.TABLE_SECTION + 40),
        "one section .resource_table: Linux takes the first",
        "another, section 3",
    ),
    (
        *("table-alignment", mcu.table_section("addr", mcu.DATA + 2), mcu.TABLE_SECTION + 12),
        *("an address aligned to 4", "0x811fe002"),
    ),
    (
        *("table-segment", mcu.table_section("addr", 0x81380000), mcu.TABLE_SECTION + 12),
        "200 bytes at the section's address inside a loaded segment",
        "0x81380000",
    ),
    (
        *("table-segment", mcu.table_section("offset", 0x1000), mcu.TABLE_SECTION + 16),
        "the file offset that segment 1 loads there, 0x2000",
        "0x1000",
    ),
    (
        *("table-segment", mcu.table_section("flags", 0), mcu.TABLE_SECTION + 4),
        *("an allocated section with contents", "type 1, flags 0x0"),
    ),
    ("table-version", mcu.table(0, 2), TABLE_AT, "version 1", "2"),
    ("table-reserved", mcu.table(12, 5), TABLE_AT + 12, "a reserved word of 0", "5"),
    (
        *("table-truncated", mcu.table(4, 0x40000000), TABLE_AT + 4),
        *("at most 46 entries in 200 bytes", "1073741824"),
    ),
    (
        *("table-truncated", mcu.table_section("size", 12), TABLE_AT),
        *("a table header of 16 bytes", "12 bytes"),
    ),
    ("table-offsets", mcu.table(16, 24), TABLE_AT + 16, "entry 0 at 28 to 196", "24"),
    (
        "table-offsets",
        mcu.table(24, 0xFFFFFFFC),
        TABLE_AT + 24,
        "entry 2 at 28 to 196",
        "4294967292",
    ),
    ("table-offsets", mcu.table(20, 30), TABLE_AT + 20, "entry 1 aligned to 4", "30"),
    ("table-offsets", mcu.table(20, 28), TABLE_AT + 20, "entry 1 at a place of its own", "28"),
    (
        *("table-offsets", mcu.table(20, VDEV_AT - 4), TABLE_AT + 20),
        *(f"entry 1 behind entry 0, from {VDEV_AT} on", str(VDEV_AT - 4)),
    ),
    (
        *("entry-truncated", mcu.table_section("size", 190), TABLE_AT + LOG_AT + 4),
        *("entry 2: a trace entry of 44 bytes", "34 left in the table"),
    ),
    (
        *("entry-type", mcu.table(LOG_AT, 100), TABLE_AT + LOG_AT),
        *("a type of 0 to 3, or a vendor's (128 to 512)", "100"),
    ),
    ("entry-reserved", mcu.buffer(reserved=1), TABLE_AT + 48, "a reserved word of 0", "1"),
    ("entry-reserved", mcu.log(reserved=7), TABLE_AT + LOG_AT + 12, "a reserved word of 0", "7"),
    ("entry-reserved", mcu.vdev(reserved=3), TABLE_AT + VDEV_AT + 26, "reserved bytes of 0", "3"),
    (
        *("devmem", mcu.buffer(kind=Kind.DEVMEM), TABLE_AT + 28),
        *("no devmem entry: without an IOMMU the boot fails", "vdev0buffer"),
    ),
    ("carveout-length", mcu.buffer(length=0), TABLE_AT + 40, "bytes for vdev0buffer", "0"),
    (
        *("carveout-length", mcu.buffer(length=0x40001), TABLE_AT + 40),
        *("at most 262144 bytes for vdev0buffer", "262145"),
    ),
    (
        *("carveout-name", mcu.buffer(name="buffers"), TABLE_AT + 52),
        "one of rv_ddr_reserved, vdev0buffer, vdev0vring0, vdev0vring1, share_irq_table",
        "buffers",
    ),
    (
        *("carveout-name", without_end(52, b"vdev0buffer"), TABLE_AT + 52),
        *("a name that ends within 32 bytes", "no NUL"),
    ),
    (
        *("carveout-name", mcu.buffer(name="100%n"), TABLE_AT + 52),
        *("a name without %: Linux takes it for a format", "100%n"),
    ),
    (
        *("trace-name", without_end(LOG_AT + 16, b"log"), TABLE_AT + LOG_AT + 16),
        *("a name that ends within 32 bytes", "no NUL"),
    ),
    (
        *("carveout-address", mcu.buffer(da=0x81381000), TABLE_AT + 32),
        *("vdev0buffer in 0x81380000-0x813bffff", "0x81381000-0x813c0fff"),
    ),
    (
        *("carveout-overlap", mcu.buffer(da=0x811FE000, length=0x100), TABLE_AT + 32),
        "vdev0buffer apart from segment 1",
        "0x811fe000 in 0x811fe000-0x811fe0d2",
    ),
    (
        *("buffer-length", mcu.buffer(length=0x1FE00), TABLE_AT + RING + 8),
        *("vdev0buffer of at least 131072 bytes for 128 descriptors", "130560"),
    ),
    ("trace-length", mcu.log(length=0), TABLE_AT + LOG_AT + 8, "bytes for log", "0"),
    (
        *("trace-segment", mcu.log(length=0x1001), TABLE_AT + LOG_AT + 4),
        "trace buffer log of 4097 bytes inside a loaded segment",
        "0x811ff000",
    ),
    (
        *("trace-overlap", mcu.log(da=mcu.CODE, length=16), TABLE_AT + LOG_AT + 4),
        "trace buffer log behind the contents of segment 0, from 0x81000040 on",
        "0x81000000",
    ),
    (
        *("vdev-missing", mcu.entries(mcu.BUFFER, mcu.LOG), TABLE_AT + 4),
        *("a vdev: Linux makes no RPMsg bus without", "2 other entries"),
    ),
    (
        "vdev-missing",
        mcu.table(4, 0),
        TABLE_AT + 4,
        "a vdev: Linux makes no RPMsg bus without",
        "0 other entries",
    ),
    ("vdev-id", mcu.vdev(id=3), TABLE_AT + VDEV_AT + 4, "virtio id 7 (rpmsg)", "3"),
    (
        *("vdev-name-service", mcu.vdev(features=2), TABLE_AT + VDEV_AT + 12),
        "the name service feature, bit 0: without it Linux learns of no channel",
        "0x2",
    ),
    (
        *("vring-count", mcu.vdev(vrings=(*mcu.VRINGS, mcu.VRINGS[0])), TABLE_AT + VDEV_AT + 25),
        *("2 vrings", "3"),
    ),
    (
        *("vring-num", mcu.ring(num=96), TABLE_AT + RING + 8),
        *("vdev0vring0 with a power of two of descriptors", "96"),
    ),
    (
        *("vring-num", mcu.ring(num=1 << 16), TABLE_AT + RING + 8),
        *("vdev0vring0 of at most 32768 descriptors", "65536"),
    ),
    (
        *("vring-align", mcu.ring(align=24), TABLE_AT + RING + 4),
        *("vdev0vring0 aligned to a power of two", "24"),
    ),
    (
        *("vring-carveout", mcu.ring(num=512), TABLE_AT + RING + 8),
        *("vdev0vring0 of at most 8192 bytes", "20480 for 512 descriptors"),
    ),
    (
        *("vring-carveout", mcu.ring(da=0x813C2000), TABLE_AT + RING),
        *("vdev0vring0 in 0x813c0000-0x813c1fff", "0x813c2000"),
    ),
    (
        *("notify-id", mcu.ring(notify_id=1), TABLE_AT + RING + 32),
        "a notify id of its own for vdev0vring1, not that of vdev0vring0 (Linux replaces both)",
        "1",
    ),
    (
        *("notify-id-replaced", mcu.ring(notify_id=2), TABLE_AT + RING + 12),
        "0, 1, ...: Linux replaces notify ids so, the firmware has to read them again",
        "2, 1",
    ),
]


def test_sound_firmware_has_no_findings():
    assert lint(GOOD, TARGET) == []


@pytest.mark.parametrize(("rule", "change", "offset", "expected", "found"), CASES)
def test_rule_fires(rule, change, offset, expected, found):
    findings = [item for item in lint(change(GOOD), TARGET) if item.rule == rule]
    assert (offset, expected, found) in [(i.offset, i.expected, i.found) for i in findings]


def test_class_is_the_boards():
    board = Target.of(load_board("visionfive2"))
    (finding,) = [item for item in lint(GOOD, board) if item.rule == "elf-class"]
    assert finding.line() == "error [elf-class] at 0x4: expected ELF64, found ELF32"


def test_table_on_a_board_whose_linux_reads_none_is_noted():
    board = Target.of(load_board("visionfive2"))
    (finding,) = [item for item in lint(GOOD, board) if item.rule == "table-unused"]
    assert finding.line() == (
        f"note [table-unused] at 0x{mcu.TABLE_SECTION:x}: expected no table: this board's Linux "
        "reads none, found .resource_table"
    )


def test_too_many_entries_are_not_looked_at():
    table = pack_table([Carveout("a", 4, ANY)] * 300)
    findings = lint(write_elf(mcu.mcu_elf(table)), TARGET)
    (finding,) = [item for item in findings if item.rule == "table-entries"]
    assert (finding.expected, finding.found) == ("at most 256 entries", "300")


def written_rules() -> set[str]:
    """Return the rule names in the calls that make findings."""
    folder = Path(__file__).parents[3] / "sim" / "firmware" / "lint"
    calls = (
        node
        for path in folder.glob("*_rules.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args
    )
    return {
        call.args[0].value
        for call in calls
        if call.func.id in ("error", "warning", "note", "found")
        and isinstance(call.args[0], ast.Constant)
    }


def test_every_rule_in_the_source_is_tested():
    tested = {case[0] for case in CASES} | {"table-unused", "table-entries"}
    assert len(written_rules()) > 30
    assert written_rules() <= tested
