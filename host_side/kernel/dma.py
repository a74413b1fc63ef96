# SPDX-License-Identifier: Apache-2.0
"""The coherent DMA pool of a reserved-memory region (kernel/dma/coherent.c)."""

from __future__ import annotations

PAGE_SIZE = 4096


def allocation_order(size: int) -> int:
    """The power-of-two number of pages an allocation of ``size`` bytes takes, as its exponent."""
    pages = max(1, -(-size // PAGE_SIZE))
    return (pages - 1).bit_length()


class CoherentPool:
    """Page bitmap of one region; an allocation is a power of two of pages, aligned to itself."""

    def __init__(self, base: int, size: int) -> None:
        self.base = base
        self.size = size
        self._used = [False] * (size // PAGE_SIZE)

    def allocate(self, size: int) -> int | None:
        """Address of ``size`` bytes (not cleared yet), None when they do not fit."""
        if size > self.size:
            return None
        step = 1 << allocation_order(size)
        for page in range(0, len(self._used) - step + 1, step):
            if not any(self._used[page : page + step]):
                self._used[page : page + step] = [True] * step
                return self.base + page * PAGE_SIZE
        return None

    def free(self, address: int, size: int) -> None:
        """Give an allocation back."""
        page = (address - self.base) // PAGE_SIZE
        step = 1 << allocation_order(size)
        self._used[page : page + step] = [False] * step
