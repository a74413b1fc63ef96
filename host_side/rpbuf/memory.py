# SPDX-License-Identifier: Apache-2.0
"""Payload memory of buffers: the carveout as a coherent DMA pool (rpbuf_controller_sunxi.c).

Allocations follow kernel/dma/coherent.c: a power of two of pages, aligned to itself, cleared. So
the largest buffer of a carveout of 96 pages has 64 pages.
"""

from __future__ import annotations

import errno

from host_side.kernel.dma import CoherentPool
from host_side.kernel.errors import LinuxError
from host_side.kernel.platform import Platform
from host_side.kernel.printk import ERR, INFO
from host_side.rpbuf.buffer import Buffer

CLEAR_BYTES = 4096
"""Cleared with one bus request, so that interrupts are taken in between."""
_INT_MAX = 0x7FFFFFFF


class PayloadMemory:
    """Allocates and frees buffers' memory; ``prefix`` is the controller's in the log."""

    def __init__(self, platform: Platform, prefix: str, base: int, size: int) -> None:
        self._platform = platform
        self._prefix = prefix
        self._pool = CoherentPool(base, size)

    async def allocate(self, buffer: Buffer) -> None:
        """Give the buffer cleared memory; LinuxError ENOMEM when there is none."""
        # dma_alloc_coherent() of nothing fails, and a negative length is a huge size_t.
        fits = 0 < buffer.len <= _INT_MAX
        address = self._pool.allocate(buffer.len) if fits else None
        if address is None:
            self._say(f"dma_alloc_coherent for len {_signed(buffer.len)} failed", ERR)
            self._told("allocate", buffer)
            raise LinuxError(errno.ENOMEM)
        for offset in range(0, buffer.len, CLEAR_BYTES):
            length = min(CLEAR_BYTES, buffer.len - offset)
            await self._platform.bus.write(address + offset, bytes(length))
        buffer.pa = buffer.da = address
        buffer.allocated = True
        self._told("allocate", buffer)

    def free(self, buffer: Buffer) -> None:
        """Take the buffer's memory back."""
        self._pool.free(buffer.pa, buffer.len)
        buffer.allocated = False
        self._told("free", buffer)

    def _told(self, verb: str, buffer: Buffer) -> None:
        # Virtual addresses are restricted in the log, so %pK shows zeros.
        void = "0x00000000" if verb == "allocate" else "00000000"
        text = f'"{buffer.name}" {verb} payload memory: va {void}, pa 0x{buffer.pa:08x}'
        self._say(f"{text}, len {_signed(buffer.len)}", INFO)

    def _say(self, text: str, level: int) -> None:
        self._platform.printk(self._prefix, text, level)


def _signed(length: int) -> int:
    return length - (1 << 32) if length > _INT_MAX else length
