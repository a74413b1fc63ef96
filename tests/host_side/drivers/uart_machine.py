# SPDX-License-Identifier: Apache-2.0
"""A plain machine with a PLIC and a DesignWare UART, and Linux with its console on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from host_side.devicetree import DeviceNode
from host_side.drivers import dw8250
from host_side.drivers.dw8250_port import Dw8250Port
from host_side.kernel.linux import LinuxKernel
from host_side.kernel.requests import EXT
from tests.host_side.drivers.dw_uart import DwUart
from tests.host_side.plain_machine import COSTS, NODES, PlainHart, PlainMachine
from tests.host_side.tasks import Tasks

PLIC, UART, SOURCE = 0x0C00_0000, 0x1000_0000, 32
CONTEXT = PLIC + 0x200000 + 0x1000 * 2
CLAIM = CONTEXT + 4
ENABLE = PLIC + 0x2000 + 0x80 * 2

PLIC_NODE = DeviceNode(
    "/soc/interrupt-controller@c000000",
    ("starfive,jh7110-plic", "sifive,plic-1.0.0"),
    {"riscv,ndev": 136, "ampsim,contexts": {1: 2}},
    ((PLIC, 0x400_0000),),
)


def uart_node(**properties: Any) -> DeviceNode:
    """The board's node of UART0; ``_`` stands for ``-`` and None takes a property away."""
    given = {"clock-frequency": 24_000_000, "reg-io-width": 4, "reg-shift": 2}
    given |= {name.replace("_", "-"): value for name, value in properties.items()}
    return DeviceNode(
        f"/soc/serial@{UART:x}",
        ("starfive,jh7110-uart", "snps,dw-apb-uart"),
        {name: value for name, value in given.items() if value is not None},
        ((UART, 0x1_0000),),
        (SOURCE,),
    )


class UartMachine(PlainMachine):
    """``registers`` records (operation, register number, value) of the UART."""

    def __init__(self) -> None:
        super().__init__((1,), (PLIC, 0x4000), (CONTEXT, 0x1000), (0x4000_0000, 0x1000))
        self.uart = DwUart()
        self.registers: list[tuple[str, int, int]] = []
        self.claims: list[int] = []
        self._in_flight = False
        self._pending = False
        self._end = 0

    # Time: what the UART does by itself comes between the steps of the hart.

    def run(self, until: Callable[[], object], limit_ns: int = 1_000_000_000) -> None:
        self._end = self.cycle + limit_ns // 10
        super().run(until, limit_ns)
        self._update()

    def run_for(self, ns: int) -> None:
        self._end = self.cycle + ns // 10
        super().run_for(ns)
        self._update()

    def _next(self) -> PlainHart | None:
        while True:
            self._update()
            hart = super()._next()
            event = self.uart.next_event()
            if event is None or event > self._end or (hart is not None and hart.at <= event):
                return hart
            self.cycle = max(self.cycle, event)

    def _step(self, hart: PlainHart) -> None:
        self._update()
        super()._step(hart)

    # Devices.

    def _load(self, address: int, size: int) -> int:
        if self._is_uart(address):
            assert size == 4
            self.uart.advance(self.cycle)
            value = self.uart.read((address - UART) >> 2)
            self.registers.append(("r", (address - UART) >> 2, value))
            return value
        if address != CLAIM:
            return super()._load(address, size)
        self.uart.advance(self.cycle)
        source = SOURCE if self._pending and self._enabled() else 0
        self._pending = self._pending and not source
        self._in_flight = self._in_flight or bool(source)
        self.claims.append(source)
        return source

    def _store(self, address: int, size: int, value: int) -> None:
        if self._is_uart(address):
            assert size == 4
            self.uart.advance(self.cycle)
            self.registers.append(("w", (address - UART) >> 2, value))
            self.uart.write((address - UART) >> 2, value)
        elif address == CLAIM:
            self._in_flight = False
        else:
            super()._store(address, size, value)

    def _is_uart(self, address: int) -> bool:
        return UART <= address < UART + 0x1_0000

    def _update(self) -> None:
        """The gateway forwards a level once until it is completed."""
        self.uart.advance(self.cycle)
        if self.uart.irq() and not self._in_flight:
            self._pending = True
        lines = self.harts[1].lines
        lines[0] = lines[0] & ~EXT | (EXT if self._pending and self._enabled() else 0)

    def _enabled(self) -> bool:
        memory = self.memory
        enabled = memory.u32(ENABLE + 4 * (SOURCE // 32)) >> SOURCE % 32 & 1
        return bool(enabled and memory.u32(PLIC + 4 * SOURCE))


class UartRig(Tasks):
    """A booted kernel with the driver; ``cmdline`` as the kernel would get it."""

    machine: UartMachine

    def __init__(
        self,
        cmdline: str = dw8250.CMDLINE,
        node: DeviceNode | None = None,
        change: Callable[[DwUart], None] = lambda uart: None,
    ) -> None:
        self.machine = UartMachine()
        self.uart = self.machine.uart
        change(self.uart)
        nodes = (NODES[0], PLIC_NODE, uart_node() if node is None else node)
        self.kernel = LinuxKernel([self.machine.harts[1]], nodes, COSTS)
        self.kernel.add_initcall(dw8250.initcall(cmdline))
        self.machine.start(1, self.kernel.boot_cpu())
        self.machine.run(lambda: self.kernel.booted)

    @property
    def port(self) -> Dw8250Port:
        return dw8250.ports(self.kernel)[0]

    @property
    def registers(self) -> list[tuple[str, int, int]]:
        return self.machine.registers

    def log(self) -> list[str]:
        return [record.text for record in self.kernel.log.records]
