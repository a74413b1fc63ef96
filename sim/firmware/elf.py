# SPDX-License-Identifier: Apache-2.0
"""Writes and reads the firmware's container: ELF32 or ELF64 RISC-V with PT_LOAD segments."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from elftools.common.exceptions import ELFError, ELFParseError
from elftools.construct import ConstructError
from elftools.elf.elffile import ELFFile

from sim.firmware.elf_layout import CLASSES, PF_R, PF_W, PF_X, PN_XNUM
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
    """Reads one file's bytes; pyelftools decodes, the checks around it are on numbers."""

    def __init__(self, name: str, data: bytes, bits: int | None) -> None:
        self.name = name
        self.data = data
        self.bits = bits

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
        return self._checked_entry(Elf(file.header.e_entry, loads, file.elfclass))

    def _check_header(self, file: ELFFile) -> None:
        header = file.header
        self._require("ELF class", f"{self.bits or file.elfclass} bits", f"{file.elfclass} bits")
        order = "little endian" if file.little_endian else "big endian"
        self._require("byte order", "little endian", order)
        self._require("machine", "EM_RISCV", str(header.e_machine))
        self._require("type", "ET_EXEC", str(header.e_type))
        size = CLASSES[file.elfclass].program_bytes
        if header.e_phentsize != size:
            raise self._error(f"program headers of {size} bytes", str(header.e_phentsize))
        if header.e_phnum >= PN_XNUM:  # the count would stand in section 0, up to 2^32
            raise self._error(f"fewer than {PN_XNUM} program headers", str(header.e_phnum))
        self._check_extent("program headers", header.e_phoff, header.e_phnum * size)

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
