# SPDX-License-Identifier: Apache-2.0
"""Checks of the resource table as a whole: there, aligned, loaded, with sound words and offsets."""

from __future__ import annotations

from collections.abc import Iterator

from sim.firmware.elf_image import TABLE, ElfImage, NamedSection, Program
from sim.firmware.elf_layout import SHF_ALLOC, SHT_NOBITS
from sim.firmware.lint.entry_rules import check_entries
from sim.firmware.lint.finding import Finding, error, note, warning
from sim.firmware.lint.target import Target
from sim.firmware.resource_table import (
    HEADER_BYTES,
    VERSION,
    TableError,
    read_header,
    read_offsets,
)

_WORD = 4
MAX_ENTRIES = 256  # more than that are no table but noise


def check_table(image: ElfImage, target: Target) -> Iterator[Finding]:
    """Check the section, then the table in it, then its entries."""
    sections = [item for item in image.sections if item.name == TABLE]
    wanted = target.table if target.table is not None else image.layout.bits == 32
    if not sections:
        if wanted:
            yield error("table-missing", None, f"a section {TABLE}", "none")
        return
    if target.table is False:
        yield note("table-unused", sections[0].at, "no table: this board's Linux reads none", TABLE)
    for item in sections[1:]:
        expected = f"one section {TABLE}: Linux takes the first"
        yield warning("table-duplicate", item.at, expected, f"another, section {item.number}")
    yield from _place(image, sections[0])
    yield from _contents(image, sections[0], target)


def _place(image: ElfImage, section: NamedSection) -> Iterator[Finding]:
    """Linux copies the table to sh_addr: that must be loaded memory with the same bytes behind."""
    header, layout = section.header, image.layout
    at = section.at + layout.section_field("addr")
    if header.addr % _WORD:
        yield error("table-alignment", at, f"an address aligned to {_WORD}", f"0x{header.addr:x}")
    if header.type == SHT_NOBITS or not header.flags & SHF_ALLOC:
        kind = section.at + layout.section_field("type")
        found = f"type {header.type}, flags 0x{header.flags:x}"
        yield error("table-segment", kind, "an allocated section with contents", found)
    homes = [item for item in image.loads if item.covers(header.addr, header.size)]
    if not homes:
        expected = f"{header.size} bytes at the section's address inside a loaded segment"
        yield error("table-segment", at, expected, f"0x{header.addr:x}")
    elif not any(_same_bytes(item, section) for item in homes):
        loaded = homes[0].header.offset + header.addr - homes[0].header.paddr
        expected = f"the file offset that segment {homes[0].number} loads there, 0x{loaded:x}"
        offset = section.at + layout.section_field("offset")
        yield error("table-segment", offset, expected, f"0x{header.offset:x}")


def _same_bytes(item: Program, section: NamedSection) -> bool:
    """Tell whether a segment loads the section's own bytes at the section's address."""
    distance = section.header.addr - item.header.paddr
    if distance + section.header.size > item.header.filesz:
        return False
    return item.header.offset + distance == section.header.offset


def _contents(image: ElfImage, section: NamedSection, target: Target) -> Iterator[Finding]:
    data, base = image.contents(section), section.header.offset
    if len(data) < section.header.size:
        at = section.at + image.layout.section_field("size")
        found = f"{len(data)} in the file"
        yield error("table-truncated", at, f"a table of {section.header.size} bytes", found)
    try:
        header = read_header(data)
        if header.version != VERSION:
            yield error("table-version", base, f"version {VERSION}", str(header.version))
        for n, word in enumerate(header.reserved):
            if word:
                yield error(
                    "table-reserved", base + 8 + _WORD * n, "a reserved word of 0", str(word)
                )
        offsets = read_offsets(data)
    except TableError as fault:
        yield error("table-truncated", base + fault.offset, fault.expected, fault.found)
        return
    if len(offsets) > MAX_ENTRIES:
        yield error("table-entries", base + 4, f"at most {MAX_ENTRIES} entries", f"{len(offsets)}")
        return
    yield from _offsets(offsets, len(data), base)
    yield from check_entries(image, data, base, offsets, target)


def _offsets(offsets: list[int], size: int, base: int) -> Iterator[Finding]:
    first = HEADER_BYTES + _WORD * len(offsets)
    for n, offset in enumerate(offsets):
        at = base + HEADER_BYTES + _WORD * n
        if not first <= offset <= size - _WORD:
            expected = f"entry {n} at {first} to {size - _WORD}"
            yield error("table-offsets", at, expected, str(offset))
        elif offset % _WORD:
            yield warning("table-offsets", at, f"entry {n} aligned to {_WORD}", str(offset))
    for n, offset in enumerate(offsets):
        if offset in offsets[:n]:
            at = base + HEADER_BYTES + _WORD * n
            yield error("table-offsets", at, f"entry {n} at a place of its own", str(offset))
