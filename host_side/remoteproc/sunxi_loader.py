# SPDX-License-Identifier: Apache-2.0
"""Allwinner's own loading of segments (sunxi_rproc_elf_load_segments) and table."""

from __future__ import annotations

from host_side.kernel.errors import LinuxError
from host_side.remoteproc.core import Rproc
from host_side.remoteproc.elf_image import PT_LOAD, ElfImage
from host_side.remoteproc.elf_loader import load_rsc_table, load_segment
from host_side.remoteproc.ops import Firmware

VERSION_SECTION = b".version_table"


async def load_segments(rproc: Rproc, fw: Firmware) -> None:
    """Print the firmware's version, load what has bytes in the file.

    Unlike the core's loader it passes over a segment without such bytes, so that pure bss keeps
    what the memory held. LinuxError EINVAL with the kernel's message.
    """
    image = ElfImage(fw.data)
    version = image.section(VERSION_SECTION)
    if version is None:
        rproc.warning("sunxi_rproc_elf_load_segments find segments err")
    else:
        rproc.info(f"firmware version: {image.string(version.offset)}")
    for segment in image.segments():
        if segment.type == PT_LOAD and segment.memsz and segment.filesz:
            await load_segment(rproc, fw, segment)


async def parse_fw(rproc: Rproc, fw: Firmware) -> None:
    """The resource table. LinuxError EINVAL when there is none, with the driver's warning."""
    try:
        await load_rsc_table(rproc, fw)
    except LinuxError:
        rproc.forget_table()
        rproc.warning("no resource table found for this firmware")
        raise
