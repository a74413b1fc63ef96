# SPDX-License-Identifier: Apache-2.0
"""Writes a firmware's ELF file: headers, segments page by page, section names; no symbols."""

from __future__ import annotations

from sim.firmware.elf import Elf, Section, Segment
from sim.firmware.elf_layout import (
    CLASSES,
    CURRENT_VERSION,
    EM_RISCV,
    ET_EXEC,
    IDENT_BYTES,
    LITTLE_ENDIAN,
    MAGIC,
    PF_W,
    PF_X,
    PT_LOAD,
    SHF_ALLOC,
    SHF_EXECINSTR,
    SHF_WRITE,
    SHT_NOBITS,
    SHT_PROGBITS,
    SHT_STRTAB,
    ElfClass,
    FileHeader,
    ProgramHeader,
    SectionHeader,
)

PAGE = 0x1000

# e_flags of the RISC-V psABI: RVC and the float ABI. 64 bits: rv64imafdc, lp64d. 32 bits: rv32imac,
# ilp32; the vendor's E907 projects leave the float ABI to the toolchain's default.
_E_FLAGS = {64: 0x5, 32: 0x1}


def write_elf(elf: Elf) -> bytes:
    """Return the file's bytes; they depend on the argument alone."""
    layout = CLASSES[elf.bits]
    names = b"\0" + b"".join(f".{n}\0".encode() for n in _section_names(elf)) + b".shstrtab\0"
    contents, program, sections = b"", b"", layout.pack_section(SectionHeader(*[0] * 10))
    for item in elf.segments:
        offset = PAGE + len(contents)
        contents += item.data + bytes(-len(item.data) % PAGE)
        program += layout.pack_program(_program_header(item, offset))
        for section in _sections(item):
            name = names.index(f"\0.{section.name}\0".encode()) + 1
            sections += layout.pack_section(_section_header(item, section, offset, name))
    names_at = PAGE + len(contents)
    names_header = (names.index(b".shstrtab"), SHT_STRTAB, 0, 0, names_at, len(names), 0, 0, 1, 0)
    sections += layout.pack_section(SectionHeader(*names_header))
    names += bytes(-len(names) % 8)
    front = layout.pack_header(_file_header(elf, layout, names_at + len(names))) + program
    return front + bytes(PAGE - len(front)) + contents + names + sections


def _sections(segment: Segment) -> tuple[Section, ...]:
    """Return a segment's sections: as given, or one that covers it and has its name."""
    whole = Section(segment.name, 0, len(segment.data) or segment.memory_bytes)
    return segment.sections or (whole,)


def _section_names(elf: Elf) -> list[str]:
    return [section.name for item in elf.segments for section in _sections(item)]


def _file_header(elf: Elf, layout: ElfClass, sections_at: int) -> FileHeader:
    ident = MAGIC + bytes([layout.number, LITTLE_ENDIAN, CURRENT_VERSION])
    count = len(_section_names(elf)) + 2  # the empty first one, and that of the names
    return FileHeader(
        *(ident.ljust(IDENT_BYTES, b"\0"), ET_EXEC, EM_RISCV, CURRENT_VERSION, elf.entry),
        *(layout.header_bytes, sections_at, _E_FLAGS[elf.bits], layout.header_bytes),
        *(layout.program_bytes, len(elf.segments), layout.section_bytes, count, count - 1),
    )


def _program_header(item: Segment, offset: int) -> ProgramHeader:
    place = (offset, item.address, item.address, len(item.data), item.memory_bytes, PAGE)
    return ProgramHeader(PT_LOAD, *place, item.flags)


def _section_header(item: Segment, section: Section, offset: int, name: int) -> SectionHeader:
    kind = SHT_PROGBITS if item.data else SHT_NOBITS
    flags = SHF_ALLOC | (SHF_EXECINSTR if item.flags & PF_X else 0)
    flags |= SHF_WRITE if item.flags & PF_W else 0
    at = offset + (section.offset if item.data else 0)
    address = item.address + section.offset
    return SectionHeader(name, kind, flags, address, at, section.size, 0, 0, 8, 0)
