# SPDX-License-Identifier: Apache-2.0
"""A carveout: memory that is set aside for the remote (struct rproc_mem_entry)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from host_side.remoteproc.table_layout import ADDR_ANY

if TYPE_CHECKING:
    from host_side.remoteproc.core import Rproc

NAME_MAX = 31
"""Characters of a carveout's name (char name[32])."""

MemHook = Callable[["Rproc", "MemEntry"], Awaitable[None]]


class MemEntry:
    """``va``: CPU address once mapped (None: not mapped), ``dma``: CPU address of the memory,
    ``da``: device address, ``length`` in bytes.

    ``rsc_offset`` is the payload's offset in the resource table (ADDR_ANY: no entry there),
    ``reserved_index`` the index in the parent's memory-region list, if it is one of those.
    """

    def __init__(
        self,
        name: str,
        dma: int,
        length: int,
        da: int,
        *,
        va: int | None = None,
        alloc: MemHook | None = None,
        release: MemHook | None = None,
        reserved_index: int | None = None,
    ) -> None:
        self.name = name[:NAME_MAX]
        self.va = va
        self.dma = dma
        self.length = length
        self.da = da
        self.alloc = alloc
        self.release = release
        self.reserved_index = reserved_index
        self.rsc_offset = ADDR_ANY
        self.flags = 0
