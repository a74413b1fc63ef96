# SPDX-License-Identifier: Apache-2.0
"""OpenSBI on one hart: the ecalls of its kernel and the M-mode traps of its CLINT interrupts.

M-mode runs with interrupts off. Software interrupts: the sender stores 1 to the target's msip, the
receiver's M-mode trap stores 0 there and sets SIP.SSIP. Timer: set_timer stores mtimecmp and opens
MIE.MTIE (``cpu.enabled``); the trap closes MTIE and sets SIP.STIP (lib/sbi/sbi_ipi.c, sbi_timer.c).
"""

from __future__ import annotations

from types import coroutine

from host_side.kernel.cpu import Cpu
from host_side.kernel.requests import SERIES, STORE, TIMER, Steps, load

MSIP, MTIMECMP, MTIME = 0x0000, 0x4000, 0xBFF8
"""CLINT register offsets: msip 4 bytes a hart, mtimecmp 8 bytes a hart, mtime."""


class Sbi:
    """Firmware state of one hart: what of its CLINT interrupts is pending in S-mode."""

    def __init__(self, cpu: Cpu, clint: int) -> None:
        self._cpu = cpu
        self._clint = clint
        self._msip = clint + MSIP + 4 * cpu.hart.hart_id
        self._mtimecmp = clint + MTIMECMP + 8 * cpu.hart.hart_id
        self._call = cpu.span("sbi_call")
        self._trap = cpu.span("m_trap")
        acknowledge = (STORE, self._msip, 4, 0)
        self._soft = acknowledge if self._trap is None else (SERIES, (self._trap, acknowledge))
        self.ssip = False
        self.stip = False

    @coroutine
    def send_ipi(self, hart_mask: int, hart_mask_base: int = 0) -> Steps:
        """Ecall: interrupt every hart whose bit is set, counted from ``hart_mask_base``."""
        cpu = self._cpu
        mask, cpu.mask[0] = cpu.mask[0], 0
        steps = [] if self._call is None else [self._call]
        msip = self._clint + MSIP + 4 * hart_mask_base
        while hart_mask:
            if hart_mask & 1:
                steps.append((STORE, msip, 4, 1))
            hart_mask >>= 1
            msip += 4
        yield (SERIES, tuple(steps))
        cpu.mask[0] = mask

    @coroutine
    def set_timer(self, mtime: int) -> Steps:
        """Ecall: one timer interrupt when the CLINT's mtime reaches ``mtime`` (its ticks)."""
        cpu = self._cpu
        mask, cpu.mask[0] = cpu.mask[0], 0
        if self._call is not None:
            yield self._call
        self.stip = False
        yield (STORE, self._mtimecmp, 8, mtime)
        cpu.enabled |= TIMER
        cpu.mask[0] = cpu.enabled if mask else 0

    async def hart_start(self, hart_id: int) -> None:
        """Ecall of the HSM extension: the target leaves M-mode's WFI by an IPI."""
        await self.send_ipi(1, hart_id)

    async def read_time(self) -> int:
        """The CLINT's mtime, in its own ticks."""
        return await load(self._clint + MTIME, 8)

    @coroutine
    def soft_trap(self) -> Steps:
        """M-mode trap of msip: acknowledge it and hand it down as SSIP."""
        yield self._soft
        self.ssip = True

    @coroutine
    def timer_trap(self) -> Steps:
        """M-mode trap of mtip: mask it and hand it down as STIP."""
        if self._trap is not None:
            yield self._trap
        self._cpu.enabled &= ~TIMER
        self.stip = True
