# SPDX-License-Identifier: Apache-2.0
"""The default ELF loader: segments, resource table, boot address (remoteproc_elf_loader.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from host_side.kernel.errors import LinuxError
from host_side.remoteproc.elf_checks import elf_fault
from host_side.remoteproc.elf_image import PT_LOAD, ElfImage, Section, Segment
from host_side.remoteproc.memory import clear, copy_to
from host_side.remoteproc.ops import Firmware
from host_side.remoteproc.table import CachedTable
from host_side.remoteproc.table_layout import (
    TABLE_HEADER_SIZE,
    TABLE_NUM,
    TABLE_OFFSETS,
    TABLE_RESERVED,
    signed32,
)

if TYPE_CHECKING:
    from host_side.remoteproc.core import Rproc

EINVAL, EOVERFLOW = 22, 75
TABLE_SECTION = b".resource_table"


async def sanity_check(rproc: Rproc, fw: Firmware) -> None:
    """rproc_elf_sanity_check(). LinuxError EINVAL, with the message."""
    fault = elf_fault(fw, rproc.firmware)
    if fault is not None:
        rproc.error(fault)
        raise LinuxError(EINVAL)


def boot_address(rproc: Rproc, fw: Firmware) -> int:
    """rproc_elf_get_boot_addr(): e_entry."""
    return ElfImage(fw.data).header.entry


async def load_segments(rproc: Rproc, fw: Firmware) -> None:
    """rproc_elf_load_segments(): PT_LOAD in the order of the headers, to p_paddr.

    LinuxError EINVAL or EOVERFLOW with the kernel's message; what was loaded before stays.
    """
    for segment in ElfImage(fw.data).segments():
        if segment.type == PT_LOAD and segment.memsz:
            await load_segment(rproc, fw, segment)


async def load_segment(rproc: Rproc, fw: Firmware, segment: Segment) -> None:
    """Copy the file's bytes of one segment and clear the rest of it."""
    filesz, memsz = segment.filesz, segment.memsz
    if filesz > memsz:
        rproc.error(f"bad phdr filesz 0x{filesz:x} memsz 0x{memsz:x}")
        raise LinuxError(EINVAL)
    if segment.offset + filesz > fw.size:
        need = (segment.offset + filesz) & 0xFFFF_FFFF_FFFF_FFFF
        rproc.error(f"truncated fw: need 0x{need:x} avail 0x{fw.size:x}")
        raise LinuxError(EINVAL)
    if memsz > rproc.host.size_max:
        rproc.error(f"size ({memsz:x}) does not fit in size_t type")
        raise LinuxError(EOVERFLOW)
    address = rproc.da_to_va(segment.paddr, memsz)
    if address is None:
        rproc.error(f"bad phdr da 0x{segment.paddr:x} mem 0x{memsz:x}")
        raise LinuxError(EINVAL)
    bus = rproc.host.bus
    await copy_to(bus, address, memoryview(fw.data)[segment.offset : segment.offset + filesz])
    await clear(bus, address + filesz, memsz - filesz)


def find_table(rproc: Rproc, fw: Firmware) -> Section | None:
    """find_table(): the first section ``.resource_table``; None if it is bad, with the message."""
    section = ElfImage(fw.data).section(TABLE_SECTION)
    if section is None:
        return None
    fault = _table_fault(section, fw)
    if fault is not None:
        rproc.error(fault)
        return None
    return section


def _table_fault(section: Section, fw: Firmware) -> str | None:
    size = section.size
    if section.offset + size > fw.size:
        return "resource table truncated"
    if size < TABLE_HEADER_SIZE:
        return "header-less resource table"

    def word(offset: int) -> int:
        at = section.offset + offset
        return int.from_bytes(fw.data[at : at + 4], "little")

    if word(0) != 1:
        return f"unsupported fw ver: {signed32(word(0))}"
    if word(TABLE_RESERVED) or word(TABLE_RESERVED + 4):
        return "non zero reserved bytes"
    if TABLE_OFFSETS + 4 * word(TABLE_NUM) > size:
        return "resource table incomplete"
    return None


async def load_rsc_table(rproc: Rproc, fw: Firmware) -> None:
    """rproc_elf_load_rsc_table(): keep a copy of it. LinuxError EINVAL when there is none."""
    section = find_table(rproc, fw)
    if section is None:
        raise LinuxError(EINVAL)
    table = CachedTable(fw.data[section.offset : section.offset + section.size])
    rproc.cached_table = rproc.table = table


def find_loaded_rsc_table(rproc: Rproc, fw: Firmware) -> int | None:
    """rproc_elf_find_loaded_rsc_table(): CPU address of the section's VMA, if it is mapped."""
    section = find_table(rproc, fw)
    return None if section is None else rproc.da_to_va(section.address, section.size)
