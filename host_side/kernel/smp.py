# SPDX-License-Identifier: Apache-2.0
"""The secondary CPUs: brought up through SBI, then idle in WFI until an IPI."""

from __future__ import annotations

from host_side.kernel.cpu import Cpu
from host_side.kernel.interrupts import Interrupts, Ipi
from host_side.kernel.irq import BootCpuInterrupts
from host_side.kernel.requests import SOFT, WAIT, Steps
from host_side.kernel.waitqueue import WaitQueue
from host_side.sbi import Sbi


class SecondaryCpu:
    """CPU 1, 2 ...: ``run`` is its top generator; it counts the IPIs it takes."""

    def __init__(
        self,
        cpu: Cpu,
        sbi: Sbi,
        interrupts: Interrupts,
        boot: BootCpuInterrupts,
        came_up: WaitQueue,
    ) -> None:
        self.cpu = cpu
        self.sbi = sbi
        self.ipi_bits = 0
        """Pending virtual IPIs (the mux word, Linux-internal memory)."""
        self._counts = interrupts
        self._boot = boot
        self._came_up = came_up

    def run(self) -> Steps:
        """Park in M-mode until hart_start's IPI, come online, then take IPIs for ever."""
        cpu = self.cpu
        cpu.hart.thread("opensbi")
        cpu.mask[0] = 0
        yield from self._wait_soft()
        yield from self.sbi.soft_trap()
        self.sbi.ssip = False
        cpu.online = True
        cpu.hart.thread(f"swapper/{cpu.number}")
        self._came_up.wake_up()
        # ipi-mux: the bit, and a hardware IPI only if the bit was not pending already.
        if self._boot.raise_ipi(Ipi.RESCHEDULE):
            yield from self.sbi.send_ipi(1, self._boot.cpu.hart.hart_id)
        while True:
            yield from self._wait_soft()
            yield from self._interrupt().__await__()

    def _wait_soft(self) -> Steps:
        lines = self.cpu.lines
        while not lines[0] & SOFT:
            yield (WAIT, -1, SOFT)

    async def _interrupt(self) -> None:
        cpu = self.cpu
        await self.sbi.soft_trap()
        self.sbi.ssip = False
        await cpu.spend("irq_entry")
        await cpu.spend("ipi_dispatch")
        bits, self.ipi_bits = self.ipi_bits, 0
        for ipi in Ipi:
            if bits >> ipi & 1 or (not bits and ipi is Ipi.AMP):
                self._counts.ipis[ipi][cpu.number] += 1
        await cpu.spend("irq_exit")
