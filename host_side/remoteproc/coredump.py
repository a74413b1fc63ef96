# SPDX-License-Identifier: Apache-2.0
"""The dump of a crashed remote's memory (drivers/remoteproc/remoteproc_coredump.c).

``enabled`` copies all of it before the remote is booted again; ``inline`` lets user space read the
remote's memory itself, and recovery waits until that is over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from host_side.remoteproc.core_file import core_headers
from host_side.remoteproc.devcoredump import Reader
from host_side.remoteproc.memory import copy_from
from host_side.remoteproc.states import DumpMode

if TYPE_CHECKING:
    from host_side.remoteproc.core import Rproc

CLASS_NONE = 0


class DumpSegment(NamedTuple):
    """A piece of the remote's memory: device address and bytes."""

    da: int
    size: int


class Coredump:
    """What to dump of one remote, and how."""

    def __init__(self, rproc: Rproc) -> None:
        self.mode = DumpMode.DISABLED
        self.segments: list[DumpSegment] = []
        self.elf_class = CLASS_NONE
        self.machine = 0
        self._rproc = rproc
        self._done = False
        self._wait = rproc.host.wait_queue("coredump", "devcoredump")

    def set_elf_info(self, elf_class: int, machine: int) -> None:
        """rproc_coredump_set_elf_info()."""
        self.elf_class = elf_class
        self.machine = machine

    def add_segment(self, da: int, size: int) -> None:
        """rproc_coredump_add_segment()."""
        self.segments.append(DumpSegment(da, size))

    async def take(self) -> None:
        """rproc_coredump(): nothing without segments or when disabled."""
        if not self.segments or self.mode is DumpMode.DISABLED:
            return
        if self.elf_class == CLASS_NONE:
            self._rproc.error("ELF class is not set")
            return
        headers = core_headers(self.elf_class, self.machine, self._rproc.bootaddr, self.segments)
        if self.mode is DumpMode.ENABLED:
            await self._take_all(headers)
        else:
            await self._take_inline(headers)

    async def _take_all(self, headers: bytes) -> None:
        data = bytearray(headers)
        for segment in list(self.segments):
            data += await self._copy(segment, 0, segment.size)

        async def read(offset: int, count: int) -> bytes:
            return bytes(data[offset : offset + count])

        self._publish(read)

    async def _take_inline(self, headers: bytes) -> None:
        async def read(offset: int, count: int) -> bytes:
            """rproc_coredump_read(): the headers alone, then the segments as they are now."""
            if offset < len(headers):
                return headers[offset : offset + count]
            piece = await self._read(offset - len(headers), count)
            if len(piece) < count:
                self._rproc.info(f"Ramdump done, {offset + len(piece)} bytes read")
            return piece

        self._done = False
        self._publish(read)
        await self._wait.wait(lambda: self._done)

    def _publish(self, reader: Reader) -> None:
        rproc = self._rproc
        coredumps = rproc.host.remoteproc.coredumps
        coredumps.add(rproc.sysfs_path, reader, rproc.host.wheel, self._gone)

    def _gone(self) -> None:
        self._done = True
        self._wait.wake_up()

    async def _read(self, offset: int, count: int) -> bytes:
        """Bytes of the segments, which follow one another, out of the remote's memory."""
        data = bytearray()
        for segment in tuple(self.segments):
            at, offset = offset, max(0, offset - segment.size)
            if at < segment.size and len(data) < count:
                length = min(segment.size - at, count - len(data))
                data += await self._copy(segment, at, length)
        return bytes(data)

    async def _copy(self, segment: DumpSegment, offset: int, length: int) -> bytes:
        """rproc_copy_segment(): what is not mapped reads as 0xff."""
        rproc = self._rproc
        address = rproc.da_to_va(segment.da + offset, length)
        if address is None:
            rproc.error(
                f"invalid copy request for segment {rproc.pad(segment.da)} with offset {offset}"
                f" and size {length})"
            )
            return b"\xff" * length
        return await copy_from(rproc.host.bus, address, length)
