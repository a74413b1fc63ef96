# SPDX-License-Identifier: Apache-2.0
"""Where Allwinner's driver takes firmware from: memory, a partition, the file system; in order.

The vendor's sunxi_request_firmware(): memory firmware is what a boot stage has left in
``fw-region``, and only for a remote that is running already; it is given up once it was used.
Partitions are the names in ``fw-partitions``, looked for in /dev/by-name.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from host_side.devicetree import DeviceNode
from host_side.kernel.errors import LinuxError
from host_side.remoteproc.core import Rproc
from host_side.remoteproc.elf_checks import MAGIC
from host_side.remoteproc.elf_image import (
    CLASS64,
    EI_CLASS,
    HEADER_SIZE,
    PHDR_SIZE,
    SHDR_SIZE,
    ElfImage,
)
from host_side.remoteproc.memory import copy_from
from host_side.remoteproc.ops import Firmware
from host_side.remoteproc.states import State

if TYPE_CHECKING:
    from host_side.kernel.linux import LinuxKernel

EINVAL, ENOENT = 22, 2
SECTOR = 512
DEFAULT_SECTORS = 0x1000
PARTITIONS = "/dev/by-name"


class SunxiFirmware:
    """The sources of one remote processor's firmware."""

    def __init__(self, kernel: LinuxKernel, node: DeviceNode) -> None:
        self.memory: tuple[int, int] | None = None
        """(address, size) of registered memory firmware."""
        self._kernel = kernel
        names = node.properties.get("fw-partitions", ())
        self._partitions = (names,) if isinstance(names, str) else tuple(names)
        has_sectors = "fw-partition-sectors" in node.properties
        self._sectors = node.integer("fw-partition-sectors") if has_sectors else None

    async def request(self, rproc: Rproc) -> Firmware:
        """The firmware. LinuxError when no source has it."""
        if rproc.state is State.DETACHED:
            if self.memory is not None:
                with suppress(LinuxError):
                    fw = await self._from_memory(rproc.firmware, *self.memory)
                    rproc.info("load fw from memory")
                    return fw
            rproc.info(
                "rproc has been booted by another entity(perhaps bootloader), "
                "please confirm whether the ELF file is same!"
            )
        for name in self._partitions:
            with suppress(LinuxError):
                fw = await self._from_partition(rproc, name)
                rproc.info(f"load fw from partition {name}")
                return fw
        fw = await self._kernel.remoteproc.firmware.request(rproc.firmware, rproc.prefix)
        rproc.info(f"load fw from filesystem, filename: {rproc.firmware}")
        return fw

    async def _from_memory(self, name: str, base: int, size: int) -> Firmware:
        """As much of the region as the ELF headers in it speak of. LinuxError EINVAL without."""
        bus = self._kernel.bus
        head = await copy_from(bus, base, min(size, HEADER_SIZE[CLASS64]))
        if head[:4] != MAGIC or head[EI_CLASS] not in PHDR_SIZE:
            raise LinuxError(EINVAL)
        length = min(size, _headers_end(ElfImage(head)))
        image = ElfImage(await copy_from(bus, base, length))
        ends = [segment.offset + segment.filesz for segment in image.segments()]
        end = min(size, max([length, *ends]))
        return Firmware(name, await copy_from(bus, base, end))

    async def _from_partition(self, rproc: Rproc, name: str) -> Firmware:
        fs = self._kernel.remoteproc.firmware.fs
        if fs is None:
            raise LinuxError(ENOENT)
        if self._sectors is None:
            rproc.info(f"using default fw-partition-sectors: {DEFAULT_SECTORS}")
        limit = (DEFAULT_SECTORS if self._sectors is None else self._sectors) * SECTOR
        file = await fs.open(f"{PARTITIONS}/{name}")
        data = bytearray()
        try:
            while len(data) < limit and (piece := await file.read(limit - len(data))):
                data += piece
        finally:
            await file.close()
        if bytes(data[:4]) != MAGIC:
            raise LinuxError(EINVAL)
        return Firmware(rproc.firmware, bytes(data))


def _headers_end(image: ElfImage) -> int:
    """Where the program and section headers of a file end."""
    header, kind = image.header, image.elf_class
    sections = header.shoff + header.shnum * SHDR_SIZE[kind]
    return max(sections, header.phoff + header.phnum * PHDR_SIZE[kind], HEADER_SIZE[kind])
