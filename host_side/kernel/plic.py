# SPDX-License-Identifier: Apache-2.0
"""The PLIC driver: external interrupts of the boot CPU's S-mode context by claim and complete."""

from __future__ import annotations

from host_side.kernel.errors import LinuxError
from host_side.kernel.interrupts import Handler, Interrupts, IrqRow
from host_side.kernel.requests import load, store

EBUSY, EINVAL = 16, 22

PRIORITY, ENABLE, CONTEXT = 0x0, 0x2000, 0x200000
CLAIM = 4
"""Offsets: priority 4 bytes a source, enables 0x80 a context, threshold/claim 0x1000 a context."""


class Plic:
    """Sources of one context; handlers run in interrupt context."""

    def __init__(self, base: int, context: int, sources: int, interrupts: Interrupts) -> None:
        self._base = base
        self._enable = base + ENABLE + 0x80 * context
        self._context = base + CONTEXT + 0x1000 * context
        self._claim = self._context + CLAIM
        self._sources = sources
        self._interrupts = interrupts
        self._rows: dict[int, IrqRow] = {}

    async def setup(self) -> None:
        """What plic_init does for the context: threshold 0, all sources disabled."""
        await store(self._context, 4, 0)
        for word in range(self._sources // 32 + 1):
            await store(self._enable + 4 * word, 4, 0)

    async def request_irq(self, hwirq: int, handler: Handler, action: str) -> IrqRow:
        """Route a source to ``handler``; LinuxError EINVAL (no such source) or EBUSY (taken)."""
        if not 0 < hwirq <= self._sources:
            raise LinuxError(EINVAL)
        if hwirq in self._rows:
            raise LinuxError(EBUSY)
        row = self._interrupts.add("SiFive PLIC", hwirq, "Edge", action)
        row.handler = handler
        self._rows[hwirq] = row
        await store(self._base + PRIORITY + 4 * hwirq, 4, 1)
        await self._set_enable(hwirq, True)
        return row

    async def free_irq(self, row: IrqRow) -> None:
        """Disable the source and forget its handler."""
        await self._set_enable(row.hwirq, False)
        del self._rows[row.hwirq]
        self._interrupts.remove(row)

    async def handle(self) -> None:
        """Claim, handle and complete until no source is pending (plic_handle_irq)."""
        while hwirq := await load(self._claim, 4):
            row = self._rows.get(hwirq)
            if row is not None and row.handler is not None:
                row.counts[0] += 1
                await row.handler()
            await store(self._claim, 4, hwirq)

    async def _set_enable(self, hwirq: int, on: bool) -> None:
        word = self._enable + 4 * (hwirq // 32)
        bit = 1 << (hwirq % 32)
        value = await load(word, 4)
        await store(word, 4, value | bit if on else value & ~bit)
