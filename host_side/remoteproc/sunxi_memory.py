# SPDX-License-Identifier: Apache-2.0
"""How Allwinner's driver translates addresses: by ``memory-mappings``, then into a carveout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from host_side.devicetree import DeviceNode, DeviceTreeError
from host_side.remoteproc.core import Rproc


class Mapping(NamedTuple):
    """One entry: ``length`` bytes at device address ``da`` and physical address ``pa``."""

    da: int
    length: int
    pa: int


def read_mappings(node: DeviceNode) -> tuple[Mapping, ...]:
    """The node's ``memory-mappings`` (da, len, pa ...); DeviceTreeError without any."""
    cells = node.properties.get("memory-mappings", ())
    if not isinstance(cells, Sequence) or not cells or len(cells) % 3:
        raise DeviceTreeError(f"{node.path}: expected triples in memory-mappings, found {cells!r}")
    numbers = [int(cell) for cell in cells]
    return tuple(Mapping(*numbers[at : at + 3]) for at in range(0, len(numbers), 3))


class SunxiMemory:
    """Translation for one remote processor; the first mapping that matches decides."""

    def __init__(self, mappings: Sequence[Mapping]) -> None:
        self._mappings = mappings

    def pa_to_da(self, rproc: Rproc, pa: int) -> int | None:
        """Device address of a physical one; None and the message when no mapping has it."""
        for mapping in self._mappings:
            if mapping.pa <= pa < mapping.pa + mapping.length:
                return pa - mapping.pa + mapping.da
        rproc.parent_error(f"Failed to translate pa 0x{pa:08x} to da")
        return None

    def da_to_va(self, rproc: Rproc, da: int, length: int) -> int | None:
        """sunxi_rproc_da_to_va(): CPU address of ``length`` bytes inside one mapped carveout.

        The original takes carveouts that are not mapped too, and would make a wild pointer of
        them; those are passed over here.
        """
        pa = self._da_to_pa(rproc, da)
        if pa is None:
            rproc.parent_error(f"invalid da 0x{da:x}")
            return None
        for mem in rproc.carveouts:
            if mem.va is None or not mem.dma <= pa < mem.dma + mem.length:
                continue
            left = mem.length - (pa - mem.dma)
            if left >= length:
                return mem.va + pa - mem.dma
            rproc.parent_error(
                f"da(0x{da:x}) matched pa(0x{pa:x}), but the length is not enough,"
                f" need: 0x{length:x}, avail: 0x{left:x}"
            )
        return None

    def _da_to_pa(self, rproc: Rproc, da: int) -> int | None:
        for mapping in self._mappings:
            if mapping.da <= da < mapping.da + mapping.length:
                return da - mapping.da + mapping.pa
        rproc.parent_error(f"Failed to translate da 0x{da:x} to pa")
        return None
