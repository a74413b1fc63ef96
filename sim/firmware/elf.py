# SPDX-License-Identifier: Apache-2.0
"""Reads the firmware's container: ELF32 or ELF64 RISC-V with PT_LOAD segments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from sim.firmware.elf_layout import (
    EM_RISCV,
    ET_EXEC,
    LITTLE_ENDIAN,
    MAGIC,
    PF_R,
    PF_W,
    PF_X,
    PN_XNUM,
    PT_LOAD,
    ElfClass,
    FileHeader,
    ProgramHeader,
    class_of,
)
from sim.firmware.errors import FirmwareError
from sim.firmware.files import read_file

__all__ = ("PF_R", "PF_W", "PF_X", "Elf", "Section", "Segment", "read_elf")


@dataclass(frozen=True, slots=True)
class Section:
    """A named piece of a segment: ``size`` bytes at ``offset`` from its start."""

    name: str
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A PT_LOAD segment: `data` goes to `address`, the rest up to `memory_bytes` is reserved."""

    name: str
    address: int
    data: bytes
    memory_bytes: int
    flags: int
    sections: tuple[Section, ...] = ()

    @property
    def end(self) -> int:
        """Return the address after the last byte in memory."""
        return self.address + self.memory_bytes

    @property
    def flag_text(self) -> str:
        """Return the access rights as readelf prints them, such as "R E"."""
        letters = zip("RWE", (PF_R, PF_W, PF_X), strict=True)
        return "".join(letter if self.flags & bit else " " for letter, bit in letters)


@dataclass(frozen=True, slots=True)
class Elf:
    """An executable: entry point and segments in the order of the file."""

    entry: int
    segments: tuple[Segment, ...]
    bits: int = 64

    def at_entry(self) -> Segment:
        """Return the segment that starts at the entry point; the boot header is its first bytes."""
        return next(item for item in self.segments if item.address == self.entry)


def read_elf(path: Path, windows: Sequence[tuple[int, int]] = (), bits: int | None = None) -> Elf:
    """Return the executable in `path`; nothing in it is run.

    `bits` is the ELF class that the hart takes, 32 or 64 (None: either); `windows` are the (base,
    bytes) that segments must lie in; none: anywhere. FirmwareError says in one line what is wrong:
    unreadable, truncated, wrong class or machine, segment out of place.
    """
    data = read_file(path)
    return _Reader(str(path), data, bits).read(windows)


class _Reader:
    """Reads one file's bytes: the file header, then as many program headers as it says."""

    def __init__(self, name: str, data: bytes, bits: int | None) -> None:
        self.name = name
        self.data = data
        self.bits = bits

    def read(self, windows: Sequence[tuple[int, int]]) -> Elf:
        layout = self._layout()
        header = layout.header(self.data)
        self._check_header(header, layout)
        places = range(header.phoff, header.phoff + header.phnum * layout.program_bytes)
        offsets = places[:: layout.program_bytes]
        found = [layout.program(self.data, at) for at in offsets]
        loads = tuple(self._segment(item, n) for n, item in enumerate(found) if _loaded(item))
        self._check_places(loads, windows)
        return self._checked_entry(Elf(header.entry, loads, layout.bits))

    def _layout(self) -> ElfClass:
        if self.data[:4] != MAGIC:
            raise self._error("an ELF file", "a damaged one: Magic number does not match")
        layout = class_of(self.data)
        if layout is None:
            raise self._error("ELF class 32 or 64 bits", f"class {self.data[4:5].hex() or 'none'}")
        if len(self.data) < layout.header_bytes:
            self._check_extent("a file header", 0, layout.header_bytes)
        self._require("ELF class", f"{self.bits or layout.bits} bits", f"{layout.bits} bits")
        order = self.data[5]
        if order != LITTLE_ENDIAN:
            raise self._error("byte order little endian", {2: "big endian"}.get(order, str(order)))
        return layout

    def _check_header(self, header: FileHeader, layout: ElfClass) -> None:
        if header.machine != EM_RISCV:
            raise self._error("machine EM_RISCV", _elf_name("ENUM_E_MACHINE", header.machine))
        if header.type != ET_EXEC:
            raise self._error("type ET_EXEC", _elf_name("ENUM_E_TYPE", header.type))
        size = layout.program_bytes
        if header.phentsize != size:
            raise self._error(f"program headers of {size} bytes", str(header.phentsize))
        if header.phnum >= PN_XNUM:  # the count would stand in section 0, up to 2^32
            raise self._error(f"fewer than {PN_XNUM} program headers", str(header.phnum))
        self._check_extent("program headers", header.phoff, header.phnum * size)

    def _segment(self, header: ProgramHeader, number: int) -> Segment:
        self._check_extent(f"segment {number}", header.offset, header.filesz)
        if header.memsz < header.filesz:
            expected = f"segment {number} with at least {header.filesz} bytes of memory"
            raise self._error(expected, str(header.memsz))
        data = self.data[header.offset : header.offset + header.filesz]
        return Segment(f"load{number}", header.paddr, data, header.memsz, header.flags)

    def _check_extent(self, what: str, start: int, length: int) -> None:
        if start + length > len(self.data):
            expected = f"{what} of {start + length} bytes from the file's start"
            raise self._error(expected, f"a file of {len(self.data)}, truncated")

    def _check_places(self, loads: Sequence[Segment], windows: Iterable[tuple[int, int]]) -> None:
        if not loads:
            raise self._error("at least one PT_LOAD segment", "none")
        spans = list(windows)
        for item in loads:
            if spans and not any(b <= item.address and item.end <= b + n for b, n in spans):
                allowed = ", ".join(f"0x{base:x}-0x{base + size - 1:x}" for base, size in spans)
                expected = f"segments in the RTOS's memory {allowed}"
                raise self._error(expected, f"0x{item.address:x}-0x{item.end - 1:x}")
        ordered = sorted(loads, key=lambda item: item.address)
        for low, high in pairwise(ordered):
            if high.address < low.end:
                expected = "segments that do not overlap"
                raise self._error(expected, f"two at 0x{high.address:x}")

    def _checked_entry(self, elf: Elf) -> Elf:
        for item in elf.segments:
            if item.flags & PF_X and item.address == elf.entry:
                return elf
        raise self._error("an entry point that starts an executable segment", f"0x{elf.entry:x}")

    def _require(self, what: str, expected: str, found: str) -> None:
        if found != expected:
            raise self._error(f"{what} {expected}", found)

    def _error(self, expected: str, found: str) -> FirmwareError:
        return FirmwareError.at(self.name, expected, found)


def _loaded(header: ProgramHeader) -> bool:
    return header.type == PT_LOAD


def _elf_name(enumeration: str, number: int) -> str:
    """Return the name that the ELF specifications give a number, or the number."""
    from elftools.elf import enums  # its import takes longer than reading a sound file

    names = {value: name for name, value in getattr(enums, enumeration).items()}
    return str(names.get(number, number))
