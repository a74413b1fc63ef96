# SPDX-License-Identifier: Apache-2.0
"""Loads an ELF file that lies in simulated memory, as BOOT0 and U-Boot load the E907's.

Order of the vendor's load_elf_image: program headers in the order of the file, PT_LOAD with both
sizes non-zero, copy to p_paddr, clear the rest. It checks nothing; here every address and size is
checked before it is used, since on the bench a damaged file has to end in words.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import NamedTuple

from sim.boot.requests import Steps, clear, copy, read
from sim.firmware.elf_layout import (
    ELF32,
    IDENT_BYTES,
    LITTLE_ENDIAN,
    MAGIC,
    PT_LOAD,
    FileHeader,
    ProgramHeader,
)
from sim.firmware.errors import BootError


class Place(NamedTuple):
    """Where the file lies: address and length in bytes; ``where`` is "stage: image"."""

    base: int
    size: int
    where: str


def load_elf_image(place: Place, windows: Sequence[tuple[int, int]]) -> Steps[int]:
    """Copy the segments of the ELF32 file at ``place``; return its entry point.

    ``windows`` are the (base, bytes) that a segment may be written to. BootError in one line.
    """
    header = yield from _header(place)
    raw = yield from read(place.base + header.phoff, header.phnum * ELF32.program_bytes)
    for number in range(header.phnum):
        item = ELF32.program(raw, number * ELF32.program_bytes)
        if item.type != PT_LOAD or not item.memsz or not item.filesz:
            continue
        _check_segment(item, number, place, windows)
        yield from copy(item.paddr, place.base + item.offset, item.filesz)
        yield from clear(item.paddr + item.filesz, item.memsz - item.filesz)
    return header.entry


def _header(place: Place) -> Steps[FileHeader]:
    if place.size < ELF32.header_bytes:
        expected = f"an ELF header of {ELF32.header_bytes} bytes"
        raise BootError.at(place.where, expected, f"{place.size} bytes")
    raw = yield from read(place.base, ELF32.header_bytes)
    if raw[:4] != MAGIC:
        raise BootError.at(place.where, f"an ELF file with magic {MAGIC.hex()}", raw[:4].hex())
    try:
        header = ELF32.header(raw)
    except struct.error as error:
        raise BootError.at(place.where, "an ELF header", str(error)) from None
    if header.ident[4] != ELF32.number or header.ident[5] != LITTLE_ENDIAN:
        found = f"class {header.ident[4]}, byte order {header.ident[5]}"
        raise BootError.at(place.where, "a little-endian ELF32 file", found)
    if header.phoff < IDENT_BYTES or not header.phnum:
        raise BootError.at(place.where, "program headers", f"{header.phnum} at {header.phoff}")
    end = header.phoff + header.phnum * ELF32.program_bytes
    if end > place.size:
        expected = f"program headers of {end} bytes from the file's start"
        raise BootError.at(place.where, expected, f"a file of {place.size}")
    return header


def _check_segment(
    item: ProgramHeader, number: int, place: Place, windows: Sequence[tuple[int, int]]
) -> None:
    name = f"segment {number}"
    if item.filesz > item.memsz:
        expected = f"{name} with at least {item.filesz} bytes of memory"
        raise BootError.at(place.where, expected, str(item.memsz))
    if item.offset + item.filesz > place.size:
        expected = f"{name} of {item.offset + item.filesz} bytes from the file's start"
        raise BootError.at(place.where, expected, f"a file of {place.size}")
    end = item.paddr + item.memsz
    if not any(base <= item.paddr and end <= base + size for base, size in windows):
        allowed = ", ".join(f"0x{base:x}-0x{base + size - 1:x}" for base, size in windows)
        raise BootError.at(place.where, f"{name} in {allowed}", f"0x{item.paddr:x}-0x{end - 1:x}")
