# SPDX-License-Identifier: Apache-2.0
"""Interrupt accounting: who asked for which interrupt, and how often each CPU took it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import IntEnum

Handler = Callable[[], Awaitable[None]]


class Ipi(IntEnum):
    """Virtual IPIs muxed over the one SBI IPI, and the AMP one that has no bit of its own.

    Order of the vendor's 5.15 tree, where the AMP row is IPI5.
    """

    RESCHEDULE = 0
    CALL_FUNCTION = 1
    CPU_STOP = 2
    IRQ_WORK = 3
    TIMER = 4
    AMP = 5


IPI_NAMES = (
    "Rescheduling interrupts",
    "Function call interrupts",
    "CPU stop interrupts",
    "IRQ work interrupts",
    "Timer broadcast interrupts",
    "AMP rpmsg interrupts",
)


class IrqRow:
    """One device interrupt: a row of /proc/interrupts with a count for each CPU."""

    __slots__ = ("action", "chip", "counts", "handler", "hwirq", "irq", "trigger")

    def __init__(
        self, irq: int, chip: str, hwirq: int, trigger: str, *, action: str, cpus: int
    ) -> None:
        self.irq = irq
        self.chip = chip
        self.hwirq = hwirq
        self.trigger = trigger
        self.action = action
        self.counts = [0] * cpus
        self.handler: Handler | None = None


class Interrupts:
    """All counts: ``irqs`` in order of their Linux number, ``ipis`` by ``Ipi``, a list per CPU."""

    def __init__(self, cpus: int) -> None:
        self.cpus = cpus
        self.irqs: list[IrqRow] = []
        self.ipis = [[0] * cpus for _ in Ipi]
        self._next_irq = 5

    def add(self, chip: str, hwirq: int, trigger: str, action: str) -> IrqRow:
        """A new row with the next Linux interrupt number."""
        row = IrqRow(self._next_irq, chip, hwirq, trigger, action=action, cpus=self.cpus)
        self._next_irq += 1
        self.irqs.append(row)
        return row

    def remove(self, row: IrqRow) -> None:
        """Take a row out again (free_irq)."""
        self.irqs.remove(row)
