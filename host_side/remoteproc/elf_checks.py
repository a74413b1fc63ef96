# SPDX-License-Identifier: Apache-2.0
"""Sanity checks of an ELF firmware, in the kernel's order (rproc_elf_sanity_check)."""

from __future__ import annotations

from host_side.remoteproc.elf_image import (
    CLASS32,
    CLASS64,
    DATA_LITTLE,
    EI_CLASS,
    EI_DATA,
    HEADER_SIZE,
    SHDR_SIZE,
    ElfImage,
)
from host_side.remoteproc.ops import Firmware

MAGIC = b"\x7fELF"


def elf_fault(fw: Firmware | None, name: str) -> str | None:
    """The kernel's message about what is wrong, None when the file passes (errno is EINVAL).

    e_machine, e_type and e_version are not looked at, nor where the program headers end.
    """
    if fw is None:
        return f"failed to load {name}"
    if fw.size < HEADER_SIZE[CLASS32]:
        return "Image is too small"
    if fw.data[:4] != MAGIC:
        return "Image is corrupted (bad magic)"
    elf_class = fw.data[EI_CLASS]
    if elf_class not in (CLASS32, CLASS64):
        return f"Unsupported class: {elf_class}"
    if elf_class == CLASS64 and fw.size < HEADER_SIZE[CLASS64]:
        return "elf64 header is too small"
    if fw.data[EI_DATA] != DATA_LITTLE:
        return "Unsupported firmware endianness"
    return _table_fault(ElfImage(fw.data), fw.size)


def _table_fault(image: ElfImage, size: int) -> str | None:
    header, shdr_size = image.header, SHDR_SIZE[image.elf_class]
    if header.shoff > size:
        return "Section header table is out of bounds"
    if header.shnum * shdr_size + header.shoff > size:
        return "Section headers are out of bounds"
    if (header.shstrndx + 1) * shdr_size + header.shoff > size:
        return "Image is too small"
    if header.phnum == 0:
        return "No loadable segments"
    if header.phoff > size:
        return "Firmware size is too small"
    return None
