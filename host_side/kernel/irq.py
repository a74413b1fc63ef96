# SPDX-License-Identifier: Apache-2.0
"""Interrupt entry of the boot CPU: M-mode traps, S-mode dispatch by cause, softirqs on the way out.

Simplification: a CLINT interrupt that comes while an S-mode handler runs takes its M-mode trap when
that handler has returned (on hardware at once); the S-mode interrupt comes then in both cases.
"""

from __future__ import annotations

from types import coroutine

from host_side.kernel.cpu import Cpu
from host_side.kernel.interrupts import Handler, Interrupts, Ipi
from host_side.kernel.plic import Plic
from host_side.kernel.requests import EXT, RUN, SEND, SOFT, TIMER, Request, Steps
from host_side.kernel.scheduler import IDLE_NAME, Scheduler
from host_side.kernel.tick import Tick
from host_side.sbi import Sbi


class BootCpuInterrupts:
    """Interrupt service of CPU 0. ``service`` is what the scheduler runs when a line is up.

    It is all generators that yield prepared requests: most interrupts are over in a few of them.
    """

    def __init__(self, cpu: Cpu, sbi: Sbi, interrupts: Interrupts) -> None:
        self.cpu = cpu
        self.sbi = sbi
        self.counts = interrupts
        self.ipi_bits = 0
        """Pending virtual IPIs (the mux word, Linux-internal memory)."""
        self.amp_handler: Handler | None = None
        self._tick: Tick | None = None
        self._plic: Plic | None = None
        self._scheduler: Scheduler | None = None
        self._in_softirq = False
        self._entry, self._exit = cpu.span("irq_entry"), cpu.span("irq_exit")
        self._dispatch = cpu.span("ipi_dispatch")

    def connect(self, scheduler: Scheduler, tick: Tick, plic: Plic | None) -> None:
        """Give the service what it dispatches to."""
        self._scheduler, self._tick, self._plic = scheduler, tick, plic

    def raise_ipi(self, ipi: Ipi) -> bool:
        """Set a bit of the mux word (fetch_or); False when it was set, so an IPI is on its way."""
        pending = bool(self.ipi_bits >> ipi & 1)
        self.ipi_bits |= 1 << ipi
        return not pending

    def service(self) -> Steps:
        """Handle what is pending, then softirqs, during which new interrupts are taken.

        Nothing interrupts what is pending, so the hart runs it to its end.
        """
        yield (RUN, self._hard(), SEND, None)
        tick = self._tick
        assert tick is not None
        while tick.softirq_pending and not self._in_softirq:
            self._in_softirq = True
            yield from self._soft(tick)
            self._in_softirq = False

    def _soft(self, tick: Tick) -> Steps:
        scheduler, cpu = self._scheduler, self.cpu
        assert scheduler is not None
        softirq = tick.softirq()
        reply = None
        while True:
            scheduler.in_interrupt = True
            try:
                request: Request = softirq.send(reply)
            except StopIteration:
                return
            finally:
                scheduler.in_interrupt = False
            reply = yield request
            if cpu.lines[0] & cpu.mask[0]:
                yield from self.service()

    @coroutine
    def _hard(self) -> Steps:
        cpu, sbi, scheduler = self.cpu, self.sbi, self._scheduler
        assert scheduler is not None
        lines = cpu.lines
        cpu.mask[0] = 0
        scheduler.in_interrupt = True
        cpu.hart.thread("irq")
        while True:
            level = lines[0] & cpu.enabled
            if level & SOFT:
                yield from sbi.soft_trap()
            elif level & TIMER:
                yield from sbi.timer_trap()
            elif level & EXT:
                assert self._plic is not None
                yield from self._handle(self._plic.handle)
            elif sbi.ssip:
                yield from self._handle(self._ipi)
            elif sbi.stip:
                assert self._tick is not None
                yield from self._handle(self._tick.interrupt)
            else:
                break
        scheduler.in_interrupt = False
        cpu.mask[0] = cpu.enabled
        current = scheduler.current
        cpu.hart.thread(IDLE_NAME if current is None else current.name)

    @coroutine
    def _handle(self, handler: Handler) -> Steps:
        if self._entry is not None:
            yield self._entry
        yield from handler()  # type: ignore[misc]  # a coroutine, as this is one
        if self._exit is not None:
            yield self._exit

    @coroutine
    def _ipi(self) -> Steps:
        """handle_IPI: an IPI without a bit of the kernel's own mux is the AMP one."""
        self.sbi.ssip = False
        bits, self.ipi_bits = self.ipi_bits, 0
        if self._dispatch is not None:
            yield self._dispatch
        if not bits:
            self.counts.ipis[Ipi.AMP][0] += 1
            if self.amp_handler is not None:
                yield from self.amp_handler()  # type: ignore[misc]
            return
        for ipi in Ipi:
            if bits >> ipi & 1:
                self.counts.ipis[ipi][0] += 1
