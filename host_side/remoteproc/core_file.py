# SPDX-License-Identifier: Apache-2.0
"""Headers of an ELF core file as remoteproc writes them (rproc_coredump)."""

from __future__ import annotations

from collections.abc import Sequence
from struct import pack

from host_side.remoteproc.elf_image import CLASS32, HEADER_SIZE, PHDR_SIZE, PT_LOAD

ET_CORE = 4
EV_CURRENT = 1
PF_RWX = 7
DATA2LSB = 1


def core_headers(
    elf_class: int, machine: int, entry: int, segments: Sequence[tuple[int, int]]
) -> bytes:
    """ELF header and a PT_LOAD for each (device address, bytes); the data follows in order."""
    ident = (b"\x7fELF" + bytes((elf_class, DATA2LSB, EV_CURRENT))).ljust(16, b"\0")
    ehsize, phentsize = HEADER_SIZE[elf_class], PHDR_SIZE[elf_class]
    layout = "<16sHHIIIIIHHHHHH" if elf_class == CLASS32 else "<16sHHIQQQIHHHHHH"
    phnum = len(segments)
    headers = pack(
        layout, ident, ET_CORE, machine, EV_CURRENT, entry, ehsize, 0, 0, ehsize, phentsize, phnum,
        0, 0, 0,
    )  # fmt: skip
    offset = ehsize + phentsize * phnum
    for da, size in segments:
        if elf_class == CLASS32:
            headers += pack("<8I", PT_LOAD, offset, da, da, size, size, PF_RWX, 0)
        else:
            headers += pack("<II6Q", PT_LOAD, PF_RWX, offset, da, da, size, size, 0)
        offset += size
    return headers
