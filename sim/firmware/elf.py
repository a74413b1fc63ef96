# SPDX-License-Identifier: Apache-2.0
"""Writes and reads the firmware's container: ELF64 RISC-V with PT_LOAD segments."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from elftools.common.exceptions import ELFError, ELFParseError
from elftools.construct import ConstructError
from elftools.elf.elffile import ELFFile

from sim.firmware.errors import FirmwareError

# Numbers of the System V ABI and the RISC-V psABI.
_EHDR = struct.Struct("<16sHHIQQQIHHHHHH")
_PHDR = struct.Struct("<IIQQQQQQ")
_SHDR = struct.Struct("<IIQQQQIIQQ")
_IDENT = b"\x7fELF" + bytes([2, 1, 1])  # ELFCLASS64, ELFDATA2LSB, EV_CURRENT
_ET_EXEC, _EM_RISCV, _PT_LOAD = 2, 243, 1
_SHT_PROGBITS, _SHT_STRTAB, _SHT_NOBITS = 1, 3, 8
_SHF_WRITE, _SHF_ALLOC, _SHF_EXECINSTR = 1, 2, 4
_EF_RISCV_RVC_DOUBLE = 0x5  # RVC, double-float ABI: rv64imafdc, lp64d
PAGE = 0x1000
PF_X, PF_W, PF_R = 1, 2, 4


@dataclass(frozen=True, slots=True)
class Segment:
    """A PT_LOAD segment: `data` goes to `address`, the rest up to `memory_bytes` is reserved."""

    name: str
    address: int
    data: bytes
    memory_bytes: int
    flags: int

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

    def at_entry(self) -> Segment:
        """Return the segment that starts at the entry point; the boot header is its first bytes."""
        return next(item for item in self.segments if item.address == self.entry)


def write_elf(elf: Elf) -> bytes:
    """Return the file's bytes; they depend on the argument alone."""
    names = b"\0" + b"".join(f".{item.name}\0".encode() for item in elf.segments) + b".shstrtab\0"
    contents, program, sections = b"", b"", _SHDR.pack(*[0] * 10)
    for item in elf.segments:
        offset = PAGE + len(contents)
        contents += item.data + bytes(-len(item.data) % PAGE)
        program += _program_header(item, offset)
        sections += _section_header(item, offset, names.index(f".{item.name}\0".encode()))
    names_at = PAGE + len(contents)
    sections += _SHDR.pack(
        names.index(b".shstrtab"), _SHT_STRTAB, 0, 0, names_at, len(names), 0, 0, 1, 0
    )
    names += bytes(-len(names) % 8)
    count = len(elf.segments)
    header = _EHDR.pack(
        *(_IDENT, _ET_EXEC, _EM_RISCV, 1, elf.entry),
        *(_EHDR.size, names_at + len(names), _EF_RISCV_RVC_DOUBLE),
        *(_EHDR.size, _PHDR.size, count, _SHDR.size, count + 2, count + 1),
    )
    front = header + program
    return front + bytes(PAGE - len(front)) + contents + names + sections


def _program_header(item: Segment, offset: int) -> bytes:
    place = (offset, item.address, item.address, len(item.data), item.memory_bytes, PAGE)
    return _PHDR.pack(_PT_LOAD, item.flags, *place)


def _section_header(item: Segment, offset: int, name: int) -> bytes:
    kind = _SHT_PROGBITS if item.data else _SHT_NOBITS
    flags = _SHF_ALLOC | (_SHF_EXECINSTR if item.flags & PF_X else 0)
    flags |= _SHF_WRITE if item.flags & PF_W else 0
    size = len(item.data) or item.memory_bytes
    return _SHDR.pack(name, kind, flags, item.address, offset, size, 0, 0, 8, 0)


def read_elf(path: Path, windows: Sequence[tuple[int, int]] = ()) -> Elf:
    """Return the executable in `path`; nothing in it is run.

    `windows` are the (base, bytes) that segments must lie in; none: anywhere. FirmwareError says in
    one line what is wrong: unreadable, truncated, wrong class or machine, segment out of place.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        found = error.strerror or "none"
        raise FirmwareError.at(str(path), "a readable firmware file", found) from None
    return _Reader(str(path), data).read(windows)


class _Reader:
    """Reads one file's bytes; pyelftools decodes, the checks around it are on numbers."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self.data = data

    def read(self, windows: Sequence[tuple[int, int]]) -> Elf:
        try:
            file = ELFFile(io.BytesIO(self.data))
            self._check_header(file)
            segments = [self._segment(item, n) for n, item in enumerate(file.iter_segments())]
        except (ELFError, ELFParseError, ConstructError) as error:
            raise self._error("an ELF file", f"a damaged one: {_one_line(error)}") from None
        except (OverflowError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise self._error("an ELF file", f"a damaged one: {_one_line(error)}") from None
        loads = tuple(segment for segment in segments if segment is not None)
        self._check_places(loads, windows)
        return self._checked_entry(Elf(file.header.e_entry, loads))

    def _check_header(self, file: ELFFile) -> None:
        header = file.header
        self._require("ELF class", "64 bits", f"{file.elfclass} bits")
        order = "little endian" if file.little_endian else "big endian"
        self._require("byte order", "little endian", order)
        self._require("machine", "EM_RISCV", str(header.e_machine))
        self._require("type", "ET_EXEC", str(header.e_type))
        if header.e_phentsize != _PHDR.size:
            raise self._error(f"program headers of {_PHDR.size} bytes", str(header.e_phentsize))
        self._check_extent("program headers", header.e_phoff, header.e_phnum * _PHDR.size)

    def _segment(self, item: object, number: int) -> Segment | None:
        header = item.header  # type: ignore[attr-defined]
        if header.p_type != "PT_LOAD":
            return None
        self._check_extent(f"segment {number}", header.p_offset, header.p_filesz)
        if header.p_memsz < header.p_filesz:
            expected = f"segment {number} with at least {header.p_filesz} bytes of memory"
            raise self._error(expected, str(header.p_memsz))
        data = self.data[header.p_offset : header.p_offset + header.p_filesz]
        return Segment(f"load{number}", header.p_paddr, data, header.p_memsz, header.p_flags)

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


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
