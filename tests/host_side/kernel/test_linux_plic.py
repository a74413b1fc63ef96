# SPDX-License-Identifier: Apache-2.0
"""External interrupts of the boot CPU: claim, handler, complete."""

from __future__ import annotations

from typing import Any

import pytest

from host_side.devicetree import DeviceNode
from host_side.kernel.errors import LinuxError
from host_side.kernel.linux import LinuxKernel
from host_side.kernel.requests import EXT
from tests.host_side.plain_machine import COSTS, NODES, PlainMachine, boot

PLIC = 0x0C00_0000
CONTEXT = PLIC + 0x200000 + 0x1000 * 2
ENABLE = PLIC + 0x2000 + 0x80 * 2


class PlicMachine(PlainMachine):
    """A plain machine with the PLIC of hart 1's S context (number 2)."""

    def __init__(self) -> None:
        super().__init__((1,), (PLIC, 0x4000), (CONTEXT, 0x1000), (0x6E40_0000, 0x1000))
        self.pending: set[int] = set()
        self.claimed: list[int] = []

    def raise_source(self, source: int) -> None:
        self.pending.add(source)
        self._update()

    def _load(self, address: int, size: int) -> int:
        if address != CONTEXT + 4:
            return super()._load(address, size)
        source = min(self._enabled(), default=0)
        self.pending.discard(source)
        self.claimed.append(source)
        self._update()
        return source

    def _store(self, address: int, size: int, value: int) -> None:
        super()._store(address, size, value)
        self._update()

    def _enabled(self) -> list[int]:
        memory = self.memory
        return [
            n
            for n in self.pending
            if memory.u32(ENABLE + 4 * (n // 32)) >> n % 32 & 1 and memory.u32(PLIC + 4 * n)
        ]

    def _update(self) -> None:
        lines = self.harts[1].lines
        lines[0] = lines[0] & ~EXT | (EXT if self._enabled() else 0)


@pytest.fixture
def machine() -> PlicMachine:
    return PlicMachine()


@pytest.fixture
def kernel(machine: PlicMachine) -> LinuxKernel:
    node = DeviceNode(
        "/soc/interrupt-controller@c000000",
        ("starfive,jh7110-plic", "sifive,plic-1.0.0"),
        {"riscv,ndev": 136, "ampsim,contexts": {1: 2}},
        ((PLIC, 0x400_0000),),
    )
    kernel = LinuxKernel([machine.harts[1]], (NODES[0], node), COSTS)
    boot(machine, kernel)
    return kernel


def call(machine: PlicMachine, kernel: LinuxKernel, coro: Any) -> Any:
    outcome: list[Any] = []

    async def body() -> None:
        try:
            outcome.append(await coro)
        except LinuxError as error:
            outcome.append(error)

    kernel.spawn(body(), "test")
    machine.run(lambda: outcome)
    return outcome[0]


def test_sources_are_claimed_handled_and_completed(
    machine: PlicMachine, kernel: LinuxKernel
) -> None:
    seen: list[int] = []

    def handler(source: int) -> Any:
        async def handle() -> None:
            seen.append(source)

        return handle

    rows = [
        call(machine, kernel, kernel.request_irq(source, handler(source), f"uart{source}"))
        for source in (32, 33)
    ]
    machine.recording = True
    machine.raise_source(33)
    machine.raise_source(32)
    machine.run_for(100_000)
    assert seen == [32, 33]
    assert machine.claimed == [32, 33, 0]
    completed = [a[3] for a in machine.accesses if a[1:3] == ("store4", CONTEXT + 4)]
    assert completed == [32, 33]
    assert [(r.irq, r.chip, r.hwirq, r.action, r.counts) for r in rows] == [
        (6, "SiFive PLIC", 32, "uart32", [1]),
        (7, "SiFive PLIC", 33, "uart33", [1]),
    ]


def test_freed_source_is_silent(machine: PlicMachine, kernel: LinuxKernel) -> None:
    async def handle() -> None:
        raise AssertionError("must not be called")

    row = call(machine, kernel, kernel.request_irq(32, handle, "uart"))
    call(machine, kernel, kernel.free_irq(row))
    machine.raise_source(32)
    machine.run_for(100_000)
    assert machine.claimed == []
    assert row not in kernel.interrupts.irqs


@pytest.mark.parametrize(("source", "errno"), [(0, 22), (137, 22), (32, 16)])
def test_refused_requests(
    machine: PlicMachine, kernel: LinuxKernel, source: int, errno: int
) -> None:
    async def handle() -> None:
        """Nothing to do."""

    call(machine, kernel, kernel.request_irq(32, handle, "uart"))
    assert call(machine, kernel, kernel.request_irq(source, handle, "x")).errno == errno
