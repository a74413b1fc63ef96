# SPDX-License-Identifier: Apache-2.0
"""Fields of an ELF file of either class, as remoteproc_elf_helpers.h reads them.

Nothing is checked here, and the sizes of the headers are those of the class, whatever the file
says. What lies behind the end of the file reads as zero.
"""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

CLASS32, CLASS64 = 1, 2
PT_LOAD = 1
EI_CLASS, EI_DATA = 4, 5
DATA_LITTLE = 1

HEADER_SIZE = {CLASS32: 52, CLASS64: 64}
PHDR_SIZE = {CLASS32: 32, CLASS64: 56}
SHDR_SIZE = {CLASS32: 40, CLASS64: 64}

_HEADER = {CLASS32: Struct("<16sHHIIIIIHHHHHH"), CLASS64: Struct("<16sHHIQQQIHHHHHH")}
_PHDR = {CLASS32: Struct("<IIIIIIII"), CLASS64: Struct("<IIQQQQQQ")}
_SHDR = {CLASS32: Struct("<IIIIIIIIII"), CLASS64: Struct("<IIQQQQIIQQ")}


class Header(NamedTuple):
    """The ELF header."""

    ident: bytes
    type: int
    machine: int
    version: int
    entry: int
    phoff: int
    shoff: int
    flags: int
    ehsize: int
    phentsize: int
    phnum: int
    shentsize: int
    shnum: int
    shstrndx: int


class Segment(NamedTuple):
    """What the loader needs of a program header."""

    type: int
    offset: int
    paddr: int
    filesz: int
    memsz: int


class Section(NamedTuple):
    """What the loader needs of a section header; ``name`` is the string itself."""

    name: bytes
    address: int
    offset: int
    size: int


class ElfImage:
    """A file with a valid ELF identification."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.elf_class = data[EI_CLASS]
        raw = self._at(0, HEADER_SIZE[self.elf_class])
        self.header = Header(*_HEADER[self.elf_class].unpack(raw))

    def segments(self) -> list[Segment]:
        """Program headers in their order."""
        size = PHDR_SIZE[self.elf_class]
        return [
            self._segment(self._at(self.header.phoff + size * index, size))
            for index in range(self.header.phnum)
        ]

    def section(self, name: bytes) -> Section | None:
        """The first section of that name."""
        size = SHDR_SIZE[self.elf_class]
        strings = self._section(self.header.shstrndx).offset
        for index in range(self.header.shnum):
            at = self.header.shoff + size * index
            start = strings + int.from_bytes(self._at(at, 4), "little")
            if self._at(start, len(name) + 1) == name + b"\0":
                return self._section(index)._replace(name=name)
        return None

    def string(self, offset: int) -> str:
        """The NUL-terminated text at an offset of the file."""
        return self.data[offset:].split(b"\0", 1)[0].decode("latin-1")

    def _segment(self, raw: bytes) -> Segment:
        if self.elf_class == CLASS32:
            kind, offset, _, paddr, filesz, memsz, _, _ = _PHDR[CLASS32].unpack(raw)
        else:
            kind, _, offset, _, paddr, filesz, memsz, _ = _PHDR[CLASS64].unpack(raw)
        return Segment(kind, offset, paddr, filesz, memsz)

    def _section(self, index: int) -> Section:
        size = SHDR_SIZE[self.elf_class]
        raw = self._at(self.header.shoff + size * index, size)
        _, _, _, address, offset, length, *_ = _SHDR[self.elf_class].unpack(raw)
        return Section(b"", address, offset, length)

    def _at(self, offset: int, length: int) -> bytes:
        return self.data[offset : offset + length].ljust(length, b"\0")
