# SPDX-License-Identifier: Apache-2.0
"""The walk over a resource table, and what each entry makes the core do.

drivers/remoteproc/remoteproc_core.c, rproc_handle_resources() and its handlers. All messages are
the kernel's; an entry that is wrong ends the boot.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from host_side.kernel.errors import LinuxError
from host_side.remoteproc.carveouts import alloc_carveout, find_carveout, fits, release_carveout
from host_side.remoteproc.mem_entry import MemEntry
from host_side.remoteproc.ops import RSC_HANDLED
from host_side.remoteproc.table import ResourceTable
from host_side.remoteproc.table_layout import (
    ADDR_ANY,
    ENTRY_HEADER_SIZE,
    MAX_VRINGS,
    MEM_DA,
    MEM_FLAGS,
    MEM_LEN,
    MEM_NAME,
    MEM_RESERVED,
    MEM_SIZE,
    NAME_SIZE,
    RSC_LAST,
    TABLE_HEADER_SIZE,
    TABLE_NUM,
    TABLE_OFFSETS,
    TRACE_DA,
    TRACE_LEN,
    TRACE_RESERVED,
    TRACE_SIZE,
    VDEV_CONFIG_LEN,
    VDEV_NUM_OF_VRINGS,
    VDEV_RESERVED,
    VDEV_SIZE,
    VENDOR_END,
    VENDOR_START,
    VRING_SIZE,
    RscType,
    name_text,
)
from host_side.remoteproc.vdev import RprocVdev

if TYPE_CHECKING:
    from host_side.remoteproc.core import Rproc

EINVAL, ENOMEM = 22, 12

Handler = Callable[["Rproc", ResourceTable, int, int], Awaitable[None]]
"""``await handler(rproc, table, offset of the payload, bytes left from there)``."""


class Trace:
    """A trace buffer: ``da`` and ``length`` in bytes, and the name of its debugfs file."""

    def __init__(self, name: str, da: int, length: int) -> None:
        self.name = name
        self.da = da
        self.length = length


async def handle_resources(rproc: Rproc) -> None:
    """Handle every entry. LinuxError EINVAL, ENOMEM, or a vendor handler's."""
    table = rproc.table
    if table is None:
        return
    for index in range(await table.load(TABLE_NUM, 4)):
        offset = await table.load(TABLE_OFFSETS + 4 * index, 4)
        left = table.size - offset - ENTRY_HEADER_SIZE
        if offset < TABLE_HEADER_SIZE or left < 0:
            rproc.error("rsc table is truncated")
            raise LinuxError(EINVAL)
        kind = await table.load(offset, 4)
        await _handle(rproc, table, kind, offset + ENTRY_HEADER_SIZE, left)


async def _handle(rproc: Rproc, table: ResourceTable, kind: int, offset: int, left: int) -> None:
    if VENDOR_START <= kind <= VENDOR_END:
        hook = rproc.ops.handle_rsc
        if hook is None or await hook(rproc, kind, offset, left) != RSC_HANDLED:
            rproc.warning(f"unsupported vendor resource {kind}")
        return
    if kind >= RSC_LAST:
        rproc.warning(f"unsupported resource {kind - (1 << 32) if kind >> 31 else kind}")
        return
    await HANDLERS[RscType(kind)](rproc, table, offset, left)


def _refuse_short(rproc: Rproc, kind: str, size: int, left: int) -> None:
    """Refuse an entry of ``size`` bytes that is cut off."""
    if size > left:
        rproc.error(f"{kind} rsc is truncated")
        raise LinuxError(EINVAL)


def _refuse_reserved(rproc: Rproc, kind: str, reserved: int) -> None:
    """Refuse an entry whose reserved bytes are not zero."""
    if reserved:
        rproc.error(f"{kind} rsc has non zero reserved bytes")
        raise LinuxError(EINVAL)


async def handle_carveout(rproc: Rproc, table: ResourceTable, offset: int, left: int) -> None:
    """rproc_handle_carveout(): tie the entry to a registered carveout, or register one."""
    _refuse_short(rproc, "carveout", MEM_SIZE, left)
    _refuse_reserved(rproc, "carveout", await table.load(offset + MEM_RESERVED, 4))
    da = await table.load(offset + MEM_DA, 4)
    length = await table.load(offset + MEM_LEN, 4)
    flags = await table.load(offset + MEM_FLAGS, 4)
    name = name_text(await table.read(offset + MEM_NAME, NAME_SIZE))
    mem = find_carveout(rproc, name)
    if mem is None:
        mem = MemEntry(name, 0, length, da, alloc=alloc_carveout, release=release_carveout)
        rproc.carveouts.append(mem)
    elif mem.rsc_offset != ADDR_ANY:
        rproc.error("Carveout already associated to resource table")
        raise LinuxError(ENOMEM)
    elif not fits(rproc, mem, da, length):
        raise LinuxError(ENOMEM)
    mem.flags = flags
    mem.rsc_offset = offset


async def handle_devmem(rproc: Rproc, table: ResourceTable, offset: int, left: int) -> None:
    """rproc_handle_devmem(): needs an IOMMU domain, which none of the model's remotes has."""
    raise LinuxError(EINVAL)


async def handle_trace(rproc: Rproc, table: ResourceTable, offset: int, left: int) -> None:
    """rproc_handle_trace(): a debugfs file ``traceN``; the entry's name is not used."""
    _refuse_short(rproc, "trace", TRACE_SIZE, left)
    _refuse_reserved(rproc, "trace", await table.load(offset + TRACE_RESERVED, 4))
    da = await table.load(offset + TRACE_DA, 4)
    length = await table.load(offset + TRACE_LEN, 4)
    rproc.add_trace(Trace(f"trace{len(rproc.traces)}", da, length))


async def handle_vdev(rproc: Rproc, table: ResourceTable, offset: int, left: int) -> None:
    """rproc_handle_vdev(): a platform device ``rproc-virtio``, whose probe may fail unnoticed."""
    vrings = await table.load(offset + VDEV_NUM_OF_VRINGS, 1) if left >= VDEV_SIZE else 0
    config = await table.load(offset + VDEV_CONFIG_LEN, 4) if left >= VDEV_SIZE else 0
    _refuse_short(rproc, "vdev", VDEV_SIZE + VRING_SIZE * vrings + config, left)
    _refuse_reserved(rproc, "vdev", await table.load(offset + VDEV_RESERVED, 2))
    if vrings > MAX_VRINGS:
        rproc.error(f"too many vrings: {vrings}")
        raise LinuxError(EINVAL)
    index, rproc.nb_vdev = rproc.nb_vdev, rproc.nb_vdev + 1
    vdev = RprocVdev(rproc, index, offset)
    rproc.vdev_devices.append(vdev)
    await vdev.probe()


HANDLERS: dict[RscType, Handler] = {
    RscType.CARVEOUT: handle_carveout,
    RscType.DEVMEM: handle_devmem,
    RscType.TRACE: handle_trace,
    RscType.VDEV: handle_vdev,
}
