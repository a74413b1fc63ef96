# SPDX-License-Identifier: Apache-2.0
"""An ELF file as it is, however damaged: the headers that are whole, and where each one stands.

The strict reader is :func:`sim.firmware.elf.read_elf`; this one is for those who have to say what
is wrong with a file, and where.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.firmware.elf_layout import (
    ELF32,
    MAGIC,
    PT_LOAD,
    SHT_NOBITS,
    ElfClass,
    FileHeader,
    ProgramHeader,
    SectionHeader,
    class_of,
)

_NAME_BYTES = 64  # of a section name, the rest is not looked at
TABLE, VERSION_TABLE = ".resource_table", ".version_table"


@dataclass(frozen=True, slots=True)
class Program:
    """A program header and its offset in the file."""

    number: int
    at: int
    header: ProgramHeader

    @property
    def loaded(self) -> bool:
        """Tell whether a loader puts anything into memory for it."""
        return self.header.type == PT_LOAD and self.header.memsz > 0

    @property
    def end(self) -> int:
        """Return the address after its last byte in memory."""
        return self.header.paddr + self.header.memsz

    def covers(self, address: int, length: int) -> bool:
        """Tell whether ``length`` bytes at ``address`` are all inside."""
        return self.header.paddr <= address and address + length <= self.end


@dataclass(frozen=True, slots=True)
class NamedSection:
    """A section header, its offset in the file and its name."""

    number: int
    at: int
    header: SectionHeader
    name: str


@dataclass(frozen=True, slots=True)
class ElfImage:
    """The headers of a file that lie inside it; the counts in the file header may say more."""

    data: bytes
    layout: ElfClass
    header: FileHeader
    programs: tuple[Program, ...]
    sections: tuple[NamedSection, ...]

    @property
    def loads(self) -> tuple[Program, ...]:
        """Return the program headers that a loader acts on."""
        return tuple(item for item in self.programs if item.loaded)

    def section(self, name: str) -> NamedSection | None:
        """Return the first section of a name: Linux looks no further."""
        return next((item for item in self.sections if item.name == name), None)

    def contents(self, section: NamedSection) -> bytes:
        """Return a section's bytes, as many as the file has."""
        header = section.header
        if header.type == SHT_NOBITS:
            return b""
        return self.data[header.offset : header.offset + header.size]


def read_image(data: bytes) -> ElfImage | None:
    """Return what is whole of an ELF file; None when it has no header of a known class."""
    layout = class_of(data[:16])
    if data[:4] != MAGIC or layout is None or len(data) < layout.header_bytes:
        return None
    header = layout.header(data)
    programs = _programs(data, layout, header)
    return ElfImage(data, layout, header, programs, _sections(data, layout, header))


def smallest_header(data: bytes) -> int:
    """Return the bytes that a header of the file's class has; those of 32 bits without one."""
    return (class_of(data[:16]) or ELF32).header_bytes


def _whole(data: bytes, start: int, size: int, count: int) -> range:
    """Return the offsets of the headers of a table that lie inside the file."""
    room = max(0, len(data) - start) // size
    return range(start, start + min(count, room) * size, size)


def _programs(data: bytes, layout: ElfClass, header: FileHeader) -> tuple[Program, ...]:
    places = _whole(data, header.phoff, layout.program_bytes, header.phnum)
    return tuple(Program(n, at, layout.program(data, at)) for n, at in enumerate(places))


def _sections(data: bytes, layout: ElfClass, header: FileHeader) -> tuple[NamedSection, ...]:
    places = _whole(data, header.shoff, layout.section_bytes, header.shnum)
    headers = [layout.section(data, at) for at in places] if header.shoff else []
    strings = b""
    if header.shstrndx < len(headers):
        names = headers[header.shstrndx]
        strings = data[names.offset : names.offset + names.size]
    return tuple(
        NamedSection(n, at, item, _name(strings, item.name))
        for n, (at, item) in enumerate(zip(places, headers, strict=False))
    )


def _name(strings: bytes, offset: int) -> str:
    raw = strings[offset : offset + _NAME_BYTES].partition(b"\0")[0]
    return raw.decode("ascii", "backslashreplace")
