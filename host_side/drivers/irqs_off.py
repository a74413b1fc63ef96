# SPDX-License-Identifier: Apache-2.0
"""spin_lock_irqsave() on a kernel whose tasks all run on one CPU: interrupts off for a while."""

from __future__ import annotations

from types import TracebackType

from host_side.kernel.cpu import Cpu


class IrqsOff:
    """``with IrqsOff(cpu):`` no interrupt and no other task comes in between; nests.

    The body must not sleep. An interrupt that came meanwhile is taken at the next bus cycle.
    """

    __slots__ = ("_cpu", "_mask")

    def __init__(self, cpu: Cpu) -> None:
        self._cpu = cpu
        self._mask = 0

    def __enter__(self) -> None:
        self._mask, self._cpu.mask[0] = self._cpu.mask[0], 0

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._cpu.mask[0] = self._mask
