# SPDX-License-Identifier: Apache-2.0
"""Checks of the file itself: is it an ELF, for this machine, whole, without symbols."""

from __future__ import annotations

from collections.abc import Iterator

from sim.firmware.elf_image import VERSION_TABLE, ElfImage, smallest_header
from sim.firmware.elf_layout import (
    EM_RISCV,
    ET_EXEC,
    LITTLE_ENDIAN,
    MAGIC,
    SHT_DYNSYM,
    SHT_NOBITS,
    SHT_SYMTAB,
    class_of,
)
from sim.firmware.lint.finding import Finding, error, warning
from sim.firmware.lint.target import Target

_IDENT_CLASS, _IDENT_DATA = 4, 5


def check_readable(data: bytes) -> Iterator[Finding]:
    """Say why a file has no readable header."""
    if data[:4] != MAGIC:
        found = data[:4].hex() or "an empty file"
        expected = (
            f"an ELF file (magic {MAGIC.hex()}); amp_rv0.bin is a stripped ELF, no objcopy output"
        )
        yield error("elf-magic", 0, expected, found)
    elif len(data) > _IDENT_CLASS and class_of(data[:16]) is None:
        yield error("elf-class", _IDENT_CLASS, "ELF class 1 or 2", str(data[_IDENT_CLASS]))
    else:
        size = smallest_header(data)
        yield error("elf-truncated", 0, f"a header of {size} bytes", f"{len(data)} bytes")


def check_elf(image: ElfImage, target: Target) -> Iterator[Finding]:
    """Check file header, header tables and what sections there are."""
    yield from _header(image, target)
    yield from _program_table(image)
    yield from _section_table(image)
    yield from _symbols(image)
    yield from _version(image, target)


def _header(image: ElfImage, target: Target) -> Iterator[Finding]:
    header, layout = image.header, image.layout
    if target.bits not in (None, layout.bits):
        yield error("elf-class", _IDENT_CLASS, f"ELF{target.bits}", f"ELF{layout.bits}")
    if header.ident[_IDENT_DATA] != LITTLE_ENDIAN:
        found = str(header.ident[_IDENT_DATA])
        yield error("elf-byte-order", _IDENT_DATA, f"little endian ({LITTLE_ENDIAN})", found)
    if header.machine != EM_RISCV:
        at = layout.header_field("machine")
        yield error("elf-machine", at, f"RISC-V ({EM_RISCV})", str(header.machine))
    if header.type != ET_EXEC:
        yield error(
            "elf-type", layout.header_field("type"), f"ET_EXEC ({ET_EXEC})", str(header.type)
        )


def _program_table(image: ElfImage) -> Iterator[Finding]:
    header, layout = image.header, image.layout
    if not header.phnum:
        yield error("elf-program-headers", layout.header_field("phnum"), "at least one", "0")
        return
    if header.phentsize != layout.program_bytes:
        at = layout.header_field("phentsize")
        expected = f"program headers of {layout.program_bytes} bytes"
        yield error("elf-program-headers", at, expected, str(header.phentsize))
    yield from _extent(image, "program", header.phoff, header.phnum * layout.program_bytes)


def _section_table(image: ElfImage) -> Iterator[Finding]:
    header, layout = image.header, image.layout
    if not header.shnum:
        return
    if header.shentsize != layout.section_bytes:
        at = layout.header_field("shentsize")
        expected = f"section headers of {layout.section_bytes} bytes"
        yield error("elf-section-headers", at, expected, str(header.shentsize))
    yield from _extent(image, "section", header.shoff, header.shnum * layout.section_bytes)
    if header.shstrndx >= header.shnum:
        at = layout.header_field("shstrndx")
        yield error(
            "elf-section-headers", at, f"a section below {header.shnum}", f"{header.shstrndx}"
        )
    yield from _section_names(image)
    for item in image.sections:
        end = item.header.offset + item.header.size
        if item.header.type != SHT_NOBITS and item.number and end > len(image.data):
            expected = f"section {item.number} ({item.name}) inside {len(image.data)} bytes"
            at = item.at + layout.section_field("offset")
            yield error("section-truncated", at, expected, f"an end at {end}")


def _section_names(image: ElfImage) -> Iterator[Finding]:
    """Linux compares names where the headers say they are, inside the file or not."""
    if image.header.shstrndx >= len(image.sections):
        return
    size = image.sections[image.header.shstrndx].header.size
    for item in image.sections:
        if item.header.name >= max(1, size):
            expected = f"the name of section {item.number} inside {size} bytes of names"
            yield error("section-name", item.at, expected, f"{item.header.name}")


def _extent(image: ElfImage, kind: str, start: int, length: int) -> Iterator[Finding]:
    if start + length > len(image.data):
        field = "phoff" if kind == "program" else "shoff"
        expected = f"{kind} headers of {length} bytes at {start} inside the file"
        found = f"a file of {len(image.data)} bytes"
        yield error(f"elf-{kind}-headers", image.layout.header_field(field), expected, found)


def _symbols(image: ElfImage) -> Iterator[Finding]:
    for item in image.sections:
        if item.header.type in (SHT_SYMTAB, SHT_DYNSYM):
            found = f"{item.name or 'a symbol table'} of {item.header.size} bytes"
            yield warning("symbols", item.at, "a stripped file", found)


def _version(image: ElfImage, target: Target) -> Iterator[Finding]:
    if target.table and image.section(VERSION_TABLE) is None:
        yield warning("version-missing", None, f"a section {VERSION_TABLE}", "none")
