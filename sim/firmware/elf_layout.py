# SPDX-License-Identifier: Apache-2.0
"""Numbers and structures of ELF files, for both classes: System V ABI and RISC-V psABI."""

from __future__ import annotations

import struct
from typing import Any, NamedTuple

MAGIC = b"\x7fELF"
CLASS32, CLASS64 = 1, 2
LITTLE_ENDIAN, CURRENT_VERSION = 1, 1
IDENT_BYTES = 16
ET_EXEC, EM_RISCV, PT_LOAD, PN_XNUM = 2, 243, 1, 0xFFFF
SHT_PROGBITS, SHT_SYMTAB, SHT_STRTAB, SHT_NOBITS, SHT_DYNSYM = 1, 2, 3, 8, 11
SHF_WRITE, SHF_ALLOC, SHF_EXECINSTR = 1, 2, 4
PF_X, PF_W, PF_R = 1, 2, 4


class FileHeader(NamedTuple):
    """Elf32_Ehdr or Elf64_Ehdr."""

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


class ProgramHeader(NamedTuple):
    """Elf32_Phdr or Elf64_Phdr; the flags stand elsewhere in each, here they are the last."""

    type: int
    offset: int
    vaddr: int
    paddr: int
    filesz: int
    memsz: int
    align: int
    flags: int


class SectionHeader(NamedTuple):
    """Elf32_Shdr or Elf64_Shdr."""

    name: int
    type: int
    flags: int
    addr: int
    offset: int
    size: int
    link: int
    info: int
    addralign: int
    entsize: int


class ElfClass:
    """Packs and unpacks the headers of one class, and says where in them a field stands."""

    def __init__(self, number: int, word: str, program: tuple[str, ...]) -> None:
        self.number = number
        self.bits = 32 * number
        widths = {"type": "I", "flags": "I"}
        self._header = _Struct(f"<16sHHI{word * 3}IHHHHHH", FileHeader._fields)
        order = "".join(widths.get(name, word) for name in program)
        self._program = _Struct(f"<{order}", program)
        self._section = _Struct(f"<II{word * 4}II{word * 2}", SectionHeader._fields)
        self.header_bytes = self._header.size
        self.program_bytes = self._program.size
        self.section_bytes = self._section.size

    def pack_header(self, header: FileHeader) -> bytes:
        """Return the file header's bytes."""
        return self._header.pack(header)

    def pack_program(self, header: ProgramHeader) -> bytes:
        """Return a program header's bytes."""
        return self._program.pack(header)

    def pack_section(self, header: SectionHeader) -> bytes:
        """Return a section header's bytes."""
        return self._section.pack(header)

    def header(self, data: bytes) -> FileHeader:
        """Return the file header at the start of ``data``; struct.error when it is cut."""
        return FileHeader(**self._header.unpack(data, 0))

    def program(self, data: bytes, offset: int = 0) -> ProgramHeader:
        """Return the program header at ``offset``; struct.error when it is cut."""
        return ProgramHeader(**self._program.unpack(data, offset))

    def section(self, data: bytes, offset: int = 0) -> SectionHeader:
        """Return the section header at ``offset``; struct.error when it is cut."""
        return SectionHeader(**self._section.unpack(data, offset))

    def header_field(self, name: str) -> int:
        """Return the offset in bytes of a field in the file header."""
        return self._header.offset(name)

    def program_field(self, name: str) -> int:
        """Return the offset in bytes of a field in a program header."""
        return self._program.offset(name)

    def section_field(self, name: str) -> int:
        """Return the offset in bytes of a field in a section header."""
        return self._section.offset(name)


class _Struct:
    """A struct whose fields have names."""

    def __init__(self, layout: str, names: tuple[str, ...]) -> None:
        self._struct = struct.Struct(layout)
        self._names = names
        self.size = self._struct.size
        codes = layout[1:].replace("16s", "s")
        widths = ["16s" if code == "s" else code for code in codes]
        sizes = [struct.calcsize(f"<{width}") for width in widths]
        self._offsets = {name: sum(sizes[:n]) for n, name in enumerate(names)}

    def pack(self, values: Any) -> bytes:
        return self._struct.pack(*(getattr(values, name) for name in self._names))

    def unpack(self, data: bytes, offset: int) -> dict[str, Any]:
        return dict(zip(self._names, self._struct.unpack_from(data, offset), strict=True))

    def offset(self, name: str) -> int:
        return self._offsets[name]


ELF32 = ElfClass(
    CLASS32, "I", ("type", "offset", "vaddr", "paddr", "filesz", "memsz", "flags", "align")
)
ELF64 = ElfClass(
    CLASS64, "Q", ("type", "flags", "offset", "vaddr", "paddr", "filesz", "memsz", "align")
)
CLASSES = {32: ELF32, 64: ELF64}


def class_of(ident: bytes) -> ElfClass | None:
    """Return the layouts for the class that an identification names; None for neither."""
    known = {item.number: item for item in CLASSES.values()}
    return known.get(ident[4]) if len(ident) > 4 else None
