# SPDX-License-Identifier: Apache-2.0
"""Carveouts: finding one by name, checking a request against it, allocation and release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from host_side.kernel.errors import LinuxError
from host_side.remoteproc.mem_entry import NAME_MAX, MemEntry
from host_side.remoteproc.memory import clear
from host_side.remoteproc.table_layout import ADDR_ANY, MEM_DA, MEM_LEN, MEM_PA, signed32

if TYPE_CHECKING:
    from host_side.remoteproc.core import Rproc

EINVAL, ENOMEM = 22, 12


def find_carveout(rproc: Rproc, name: str) -> MemEntry | None:
    """rproc_find_carveout_by_name(): the first registered one; 31 characters of a name count."""
    return next((mem for mem in rproc.carveouts if mem.name == name[:NAME_MAX]), None)


def fits(rproc: Rproc, mem: MemEntry, da: int, length: int) -> bool:
    """rproc_check_carveout_da(): a request lies inside a registered carveout, or the message."""
    if length > mem.length:
        rproc.error("Registered carveout doesn't fit len request")
        return False
    if da == ADDR_ANY:
        return True
    if mem.da == ADDR_ANY:
        return False
    delta = signed32((da - mem.da) & 0xFFFF_FFFF)
    if delta < 0:
        rproc.error("Registered carveout doesn't fit da request")
        return False
    if delta + length > mem.length:
        rproc.error("Registered carveout doesn't fit len request")
        return False
    return True


def da_to_va(rproc: Rproc, da: int, length: int) -> int | None:
    """rproc_da_to_va(): the platform's answer, else the first mapped carveout that holds it all.

    The offset is an ``int`` as in the original, so that the upper half of a 64-bit address does
    not matter. Lengths do not wrap here as size_t does on a 32-bit kernel.
    """
    hook = rproc.ops.da_to_va
    if hook is not None:
        address = hook(rproc, da, length)
        if address is not None:
            return address
    for mem in rproc.carveouts:
        offset = signed32((da - mem.da) & 0xFFFF_FFFF)
        if mem.va is None or offset < 0 or offset + length > mem.length:
            continue
        return mem.va + offset
    return None


async def alloc_carveout(rproc: Rproc, mem: MemEntry) -> None:
    """rproc_alloc_carveout(): zeroed memory of the parent's DMA pool. LinuxError ENOMEM."""
    dma = None if rproc.dma is None else rproc.dma.allocate(mem.length)
    if dma is None:
        rproc.parent_error(f"failed to allocate dma memory: len 0x{mem.length:x}")
        raise LinuxError(ENOMEM)
    await clear(rproc.host.bus, dma, mem.length)
    if mem.da not in (ADDR_ANY, dma & 0xFFFF_FFFF):
        rproc.parent_warning("Allocated carveout doesn't fit device address request")
    if mem.da == ADDR_ANY:
        if dma >> 32:
            rproc.warning("DMA address cast in 32bit to fit resource table format")
        mem.da = dma & 0xFFFF_FFFF
    mem.dma = mem.va = dma


async def release_carveout(rproc: Rproc, mem: MemEntry) -> None:
    """rproc_release_carveout(): give the memory back."""
    if mem.va is not None and rproc.dma is not None:
        rproc.dma.free(mem.dma, mem.length)
        mem.va = None


async def alloc_registered(rproc: Rproc) -> None:
    """rproc_alloc_registered_carveouts(): allocate, and fill in the entries of the table."""
    for mem in list(rproc.carveouts):
        if mem.alloc is not None:
            try:
                await mem.alloc(rproc, mem)
            except LinuxError as error:
                rproc.error(f"Unable to allocate carveout {mem.name}: {-error.errno}")
                raise LinuxError(ENOMEM) from None
        if mem.rsc_offset != ADDR_ANY:
            await _fill_in(rproc, mem)


async def _fill_in(rproc: Rproc, mem: MemEntry) -> None:
    table = rproc.table
    assert table is not None
    pa = mem.dma if mem.va is None else mem.va
    if pa >> 32:
        rproc.warning("Physical address cast in 32bit to fit resource table format")
    await table.store(mem.rsc_offset + MEM_PA, 4, pa & 0xFFFF_FFFF)
    await table.store(mem.rsc_offset + MEM_DA, 4, mem.da)
    await table.store(mem.rsc_offset + MEM_LEN, 4, mem.length)
