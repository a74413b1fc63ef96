# SPDX-License-Identifier: Apache-2.0
"""The text of debugfs's ``resource_table`` (rproc_rsc_table_show)."""

from __future__ import annotations

from host_side.remoteproc.table import ResourceTable
from host_side.remoteproc.table_layout import (
    ENTRY_HEADER_SIZE,
    MEM_DA,
    MEM_FLAGS,
    MEM_LEN,
    MEM_NAME,
    MEM_PA,
    MEM_RESERVED,
    NAME_SIZE,
    TABLE_NUM,
    TABLE_OFFSETS,
    TRACE_DA,
    TRACE_LEN,
    TRACE_NAME,
    TRACE_RESERVED,
    VDEV_CONFIG_LEN,
    VDEV_DFEATURES,
    VDEV_GFEATURES,
    VDEV_ID,
    VDEV_NOTIFYID,
    VDEV_NUM_OF_VRINGS,
    VDEV_RESERVED,
    VDEV_STATUS,
    VRING_ALIGN,
    VRING_DA,
    VRING_NOTIFYID,
    VRING_NUM,
    VRING_PA,
    RscType,
    name_text,
    signed32,
    vring_offset,
)


async def table_text(table: ResourceTable | None, digits: int) -> str:
    """The live table, read field by field where it lies; a pointer has so many hex digits."""
    if table is None:
        return "No resource table found\n"
    text = ""
    for index in range(await table.load(TABLE_NUM, 4)):
        offset = await table.load(TABLE_OFFSETS + 4 * index, 4)
        if offset + ENTRY_HEADER_SIZE > table.size:
            break  # the walk at boot has refused such a table; nothing is printed of it
        kind = await table.load(offset, 4)
        if kind not in tuple(RscType):
            text += f"Unknown resource type found: {signed32(kind)} [hdr: {hidden(digits)}]\n"
            continue
        text += f"Entry {index} is of type {RscType(kind).name.lower()}\n"
        entry = _Entry(table, offset + ENTRY_HEADER_SIZE)
        text += await _TEXTS[RscType(kind)](entry)
    return text


def hidden(digits: int) -> str:
    """What ``%pK`` prints of a pointer with kptr_restrict at 2."""
    return "0" * digits


class _Entry:
    def __init__(self, table: ResourceTable, base: int) -> None:
        self._table = table
        self._base = base

    async def word(self, offset: int, size: int = 4) -> int:
        return await self._table.load(self._base + offset, size)

    async def number(self, offset: int) -> int:
        return signed32(await self.word(offset))

    async def name(self, offset: int) -> str:
        return name_text(await self._table.read(self._base + offset, NAME_SIZE))


async def _memory(entry: _Entry) -> str:
    return (
        f"  Device Address 0x{await entry.word(MEM_DA):x}\n"
        f"  Physical Address 0x{await entry.word(MEM_PA):x}\n"
        f"  Length 0x{await entry.word(MEM_LEN):x} Bytes\n"
        f"  Flags 0x{await entry.word(MEM_FLAGS):x}\n"
        f"  Reserved (should be zero) [{await entry.number(MEM_RESERVED)}]\n"
        f"  Name {await entry.name(MEM_NAME)}\n\n"
    )


async def _trace(entry: _Entry) -> str:
    return (
        f"  Device Address 0x{await entry.word(TRACE_DA):x}\n"
        f"  Length 0x{await entry.word(TRACE_LEN):x} Bytes\n"
        f"  Reserved (should be zero) [{await entry.number(TRACE_RESERVED)}]\n"
        f"  Name {await entry.name(TRACE_NAME)}\n\n"
    )


async def _vdev(entry: _Entry) -> str:
    vrings = await entry.word(VDEV_NUM_OF_VRINGS, 1)
    text = (
        f"  ID {await entry.number(VDEV_ID)}\n"
        f"  Notify ID {await entry.number(VDEV_NOTIFYID)}\n"
        f"  Device features 0x{await entry.word(VDEV_DFEATURES):x}\n"
        f"  Guest features 0x{await entry.word(VDEV_GFEATURES):x}\n"
        f"  Config length 0x{await entry.word(VDEV_CONFIG_LEN):x}\n"
        f"  Status 0x{await entry.word(VDEV_STATUS, 1):x}\n"
        f"  Number of vrings {vrings}\n"
        f"  Reserved (should be zero) [{await entry.word(VDEV_RESERVED, 1)}]"
        f"[{await entry.word(VDEV_RESERVED + 1, 1)}]\n\n"
    )
    for index in range(vrings):
        at = vring_offset(index)
        text += (
            f"  Vring {index}\n"
            f"    Device Address 0x{await entry.word(at + VRING_DA):x}\n"
            f"    Alignment {await entry.number(at + VRING_ALIGN)}\n"
            f"    Number of buffers {await entry.number(at + VRING_NUM)}\n"
            f"    Notify ID {await entry.number(at + VRING_NOTIFYID)}\n"
            f"    Physical Address 0x{await entry.word(at + VRING_PA):x}\n\n"
        )
    return text


_TEXTS = {
    RscType.CARVEOUT: _memory,
    RscType.DEVMEM: _memory,
    RscType.TRACE: _trace,
    RscType.VDEV: _vdev,
}
