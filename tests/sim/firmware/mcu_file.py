# SPDX-License-Identifier: Apache-2.0
"""A small firmware for the V821, and the places of its fields, for tests that damage it."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import replace

from sim.firmware.elf import Elf, Section, Segment
from sim.firmware.elf_image import read_image
from sim.firmware.elf_layout import ELF32
from sim.firmware.elf_writer import write_elf
from sim.firmware.resource_table import Carveout, Trace, Vdev, Vring, pack_table

ANY = 0xFFFFFFFF
CODE, DATA, TRACE = 0x81000000, 0x811FE000, 0x811FF000
VRINGS = (Vring(ANY, 4096, 128, 0), Vring(ANY, 4096, 128, 1))
BUFFER = Carveout("vdev0buffer", 0x40000)
VDEV = Vdev(7, 0, 1, VRINGS)
LOG = Trace("log", TRACE, 0x1000)
ENTRIES: tuple[Carveout | Vdev | Trace, ...] = (BUFFER, VDEV, LOG)
VERSION = b"UTS - test\0"

# Offsets in the table of ENTRIES: three offsets behind the header, then the entries.
BUFFER_AT, VDEV_AT, LOG_AT = 28, 28 + 56, 28 + 56 + 68


def mcu_elf(table: bytes, version: bytes = VERSION) -> Elf:
    """Return an executable like the builder's, with other tables."""
    at = len(table) + -len(table) % 8
    data = table.ljust(at, b"\0") + version
    sections = [Section("resource_table", 0, len(table))] if table else []
    if version:
        sections.append(Section("version_table", at, len(version)))
    code = b"\x6f\0\0\0" + bytes(60)
    return Elf(
        CODE,
        (
            Segment("text", CODE, code, len(code), 5),
            Segment("data", DATA, data, len(data), 6, tuple(sections)),
            Segment("trace", TRACE, b"", 0x1000, 6),
        ),
        32,
    )


def mcu_file(entries: Sequence[Carveout | Vdev | Trace] = ENTRIES) -> bytes:
    """Return a file with these entries in its table."""
    return write_elf(mcu_elf(pack_table(list(entries))))


GOOD = mcu_file()
_IMAGE = read_image(GOOD)
assert _IMAGE is not None
PHOFF, SHOFF = _IMAGE.header.phoff, _IMAGE.header.shoff
TABLE_AT = next(s.header.offset for s in _IMAGE.sections if s.name == ".resource_table")
TABLE_SECTION = next(s.at for s in _IMAGE.sections if s.name == ".resource_table")

Change = Callable[[bytes], bytes]


def put(at: int, value: int, layout: str = "<I") -> Change:
    """Return a change that writes a value."""

    def change(data: bytes) -> bytes:
        damaged = bytearray(data)
        struct.pack_into(layout, damaged, at, value & ((1 << 8 * struct.calcsize(layout)) - 1))
        return bytes(damaged)

    return change


def header(field: str, value: int, layout: str = "<H") -> Change:
    """Return a change of a field of the file header."""
    return put(ELF32.header_field(field), value, layout)


def program(number: int, field: str, value: int) -> Change:
    """Return a change of a field of a program header."""
    return put(PHOFF + number * ELF32.program_bytes + ELF32.program_field(field), value)


def table_section(field: str, value: int) -> Change:
    """Return a change of a field of the table's section header."""
    return put(TABLE_SECTION + ELF32.section_field(field), value)


def table(offset: int, value: int, layout: str = "<I") -> Change:
    """Return a change inside the resource table."""
    return put(TABLE_AT + offset, value, layout)


def entries(*items: Carveout | Vdev | Trace) -> Change:
    """Return a file with other entries."""
    return lambda _data: mcu_file(items)


def vdev(**values: object) -> Change:
    """Return a file whose vdev differs."""
    return entries(BUFFER, replace(VDEV, **values), LOG)


def ring(**values: int) -> Change:
    """Return a file whose first ring differs."""
    return vdev(vrings=(replace(VRINGS[0], **values), VRINGS[1]))


def buffer(**values: object) -> Change:
    """Return a file whose carveout differs."""
    return entries(replace(BUFFER, **values), VDEV, LOG)


def log(**values: object) -> Change:
    """Return a file whose trace buffer differs."""
    return entries(BUFFER, VDEV, replace(LOG, **values))
