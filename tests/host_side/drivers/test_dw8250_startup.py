# SPDX-License-Identifier: Apache-2.0
"""What the driver does to the UART from probe to an open console, access by access."""

from __future__ import annotations

import pytest

from host_side.drivers import dw8250
from host_side.drivers.serial_options import ConsoleOptions, LineSettings
from host_side.kernel.errors import LinuxError
from tests.host_side.drivers.dw_uart import SCR, DwUart
from tests.host_side.drivers.uart_machine import UartRig, uart_node

NAMES = {
    "IER": 1,
    "IIR": 2,
    "FCR": 2,
    "LCR": 3,
    "MCR": 4,
    "LSR": 5,
    "MSR": 6,
    "RX": 0,
    "DLL": 0,
    "DLM": 1,
    "DLF": 0xC0 >> 2,
    "CPR": 0xF4 >> 2,
    "UCV": 0xF8 >> 2,
}

PROBE = "UCV DLF=0xffffffff DLF DLF=0 CPR MCR=0"
TERMIOS = "LCR=0x93 LCR DLL=13 DLM=0 LCR=0x13 LCR FCR=1 FCR=0x81"
CLEAR = "LSR RX IIR MSR"
THRE_TEST = "IER=2 LCR IIR IER=0 IER=2 LCR IIR IER=0"
STARTUP = (
    f"FCR=1 FCR=7 FCR=0 {CLEAR} LSR LSR {THRE_TEST}"
    f" LCR=3 LCR MCR=9 IER=2 LSR IIR IER=0 {CLEAR} IER=5 {TERMIOS} MCR=9 MCR=11"
)
"""DTR is up already on a console: MCR=9 holds it and OUT2."""


def accesses(text: str) -> list[tuple[str, int, int]]:
    """``NAME=value`` is a store, ``NAME`` a load (of any value: -1)."""
    found = []
    for word in text.split():
        name, _, value = word.partition("=")
        found.append(("w", NAMES[name], int(value, 0)) if value else ("r", NAMES[name], -1))
    return found


def seen(rig: UartRig) -> list[tuple[str, int, int]]:
    """The same of a rig, without the looks at IIR of interrupts that had gone again."""
    plain = [(op, number, value if op == "w" else -1) for op, number, value in rig.registers]
    spurious = [
        index
        for index, entry in enumerate(rig.registers)
        if entry == ("r", 2, 1) and plain[index - 1 : index] != [("r", 0, -1)]
    ]
    return [entry for index, entry in enumerate(plain) if index not in spurious]


def test_order_of_accesses_from_probe_to_open_console() -> None:
    rig = UartRig()
    assert seen(rig) == accesses(f"{PROBE} IER=0 {TERMIOS} MCR=1 {STARTUP}")
    assert (rig.uart.ier, rig.uart.lcr, rig.uart.mcr) == (5, 0x13, 0x0B)
    assert (rig.uart.fcr, rig.uart.divisor) == (0x81, 13)


def test_kernel_messages() -> None:
    log = UartRig().log()
    assert log[log.index("Serial: 8250/16550 driver, 4 ports, IRQ sharing disabled") :] == [
        "Serial: 8250/16550 driver, 4 ports, IRQ sharing disabled",
        "printk: console [ttyS0] disabled",
        "10000000.serial: ttyS0 at MMIO 0x10000000 (irq = 6, base_baud = 1500000) is a 16550A",
        "printk: console [ttyS0] enabled",
        "dw-apb-uart 10000000.serial: forbid DMA for kernel console",
        "Run /sbin/init as init process",
    ]


def test_row_of_the_interrupt() -> None:
    row = UartRig().kernel.interrupts.irqs[-1]
    assert (row.irq, row.chip, row.hwirq, row.action) == (6, "SiFive PLIC", 32, "ttyS0")


def test_a_port_that_is_no_console_is_started_by_its_first_user_and_stopped_by_the_last() -> None:
    rig = UartRig("console=ttyS1,115200")
    assert seen(rig) == accesses(PROBE)
    rig.registers.clear()
    rig.port.settings = LineSettings(115200)
    rig.call(rig.port.open())
    assert seen(rig) == accesses(STARTUP.replace("MCR=9", "MCR=8"))
    assert rig.log()[-1] == "dw-apb-uart 10000000.serial: failed to request DMA"
    rig.registers.clear()
    rig.call(rig.port.open())
    rig.call(rig.port.close())
    assert rig.registers == []
    rig.call(rig.port.close())
    assert seen(rig) == accesses("MCR=8 IER=0 MCR=0 LCR LCR=0x13 LCR FCR=1 FCR=7 FCR=0 RX")


def test_console_stays_open() -> None:
    rig = UartRig()
    rig.registers.clear()
    rig.call(rig.port.open())
    for _ in range(2):
        rig.call(rig.port.close())
    assert rig.registers == []


def test_fraction_of_the_divisor() -> None:
    def with_fraction(uart: DwUart) -> None:
        uart.dlf_mask = 0x0F

    rig = UartRig(change=with_fraction)
    assert (rig.uart.divisor, rig.uart.dlf) == (13, 0)
    rig.call(rig.port.set_termios(LineSettings(100_000)))
    assert (rig.uart.divisor, rig.uart.dlf) == (15, 0)
    rig.call(rig.port.set_termios(LineSettings(921_600)))
    assert (rig.uart.divisor, rig.uart.dlf) == (1, 10)


@pytest.mark.parametrize(
    ("baud", "divisor"),
    [(115_200, 13), (9600, 156), (1_500_000, 1), (1_515_000, 1), (300, 5000)],
)
def test_divisor_is_rounded(baud: int, divisor: int) -> None:
    rig = UartRig(f"console=ttyS0,{baud} quiet")
    assert rig.uart.divisor == divisor


@pytest.mark.parametrize("baud", [1, 1_600_000, 10**9])
def test_rates_out_of_reach_become_9600(baud: int) -> None:
    assert UartRig(f"console=ttyS0,{baud} quiet").uart.divisor == 156


@pytest.mark.parametrize(
    ("options", "lcr"), [("115200", 0x13), ("9600e7", 0x1A), ("115200o8", 0x0B), ("", 0x13)]
)
def test_line_format(options: str, lcr: int) -> None:
    assert UartRig(f"console=ttyS0,{options} quiet").uart.lcr == lcr


def test_deeper_fifo_is_read_from_the_parameters() -> None:
    def deeper(uart: DwUart) -> None:
        uart.cpr = 0x0008_1502

    assert UartRig(change=deeper).port.type.fifo_size == 128


def test_without_parameter_registers_the_type_is_found_by_trying() -> None:
    def bare(uart: DwUart) -> None:
        uart.ucv = uart.cpr = 0

    rig = UartRig(change=bare)
    text = "10000000.serial: ttyS0 at MMIO 0x10000000 (irq = 6, base_baud = 1500000) is a 16550A"
    assert text in rig.log()
    assert "dw-apb-uart 10000000.serial: forbid DMA for kernel console" not in rig.log()
    assert (rig.uart.fcr, rig.port.type.fifo_size) == (0x81, 16)


class WithoutParameters(DwUart):
    def read(self, number: int) -> int:
        return 0 if number in (NAMES["UCV"], NAMES["CPR"]) else super().read(number)


class WithoutFifo(WithoutParameters):
    def read(self, number: int) -> int:
        return super().read(number) & (0x3F if number == NAMES["IIR"] else 0xFF)


class WithoutScratch(WithoutFifo):
    def read(self, number: int) -> int:
        return 0xFF if number == SCR else super().read(number)


class WithoutLoop(WithoutParameters):
    def _read_msr(self) -> int:
        return 0


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (WithoutParameters, ["16550A"]),
        (WithoutFifo, ["16450"]),
        (WithoutScratch, ["8250"]),
        (WithoutLoop, []),
    ],
)
def test_autoconfig(kind: type[DwUart], name: list[str]) -> None:
    def replace(uart: DwUart) -> None:
        uart.__class__ = kind

    ports = dw8250.ports(UartRig(change=replace).kernel)
    assert [port.type.name for port in ports] == name


def test_nothing_there() -> None:
    class Hole(DwUart):
        def read(self, number: int) -> int:
            return 0

        def write(self, number: int, value: int) -> None:
            """Lost."""

    def remove(uart: DwUart) -> None:
        uart.__class__ = Hole

    rig = UartRig(change=remove)
    assert dw8250.ports(rig.kernel) == []
    assert rig.log()[-2:] == ["printk: console [ttyS0] disabled", "Run /sbin/init as init process"]
    with pytest.raises(LinuxError, match="ENXIO"):
        dw8250.serial_tty(rig.kernel)


@pytest.mark.parametrize(
    ("properties", "texts"),
    [
        (
            {"clock_frequency": None},
            [
                "dw-apb-uart 10000000.serial: clock rate not defined",
                "dw-apb-uart 10000000.serial: probe with driver dw-apb-uart failed with error -22",
            ],
        ),
        (
            {"reg_shift": "two"},
            [
                "dw-apb-uart 10000000.serial: /soc/serial@10000000: expected one integer in"
                " reg-shift, found 'two'",
                "dw-apb-uart 10000000.serial: probe with driver dw-apb-uart failed with error -22",
            ],
        ),
    ],
)
def test_bad_nodes(properties: dict[str, object], texts: list[str]) -> None:
    rig = UartRig(node=uart_node(**properties))
    assert rig.log()[-3:-1] == texts
    assert rig.registers == []


def test_node_without_interrupt_is_left_alone() -> None:
    rig = UartRig(node=uart_node()._replace(interrupts=()))
    assert rig.log()[-2] == "dw-apb-uart 10000000.serial: IRQ index 0 not found"
    assert rig.registers == []


@pytest.mark.parametrize(
    ("cmdline", "expected"),
    [
        ("console=ttyS0,115200 earlycon rootwait", (0, LineSettings(115200), 7)),
        ("console=ttyS2,9600o7 quiet", (2, LineSettings(9600, "o", 7), 4)),
        ("console=tty0 loglevel=8", (None, LineSettings(), 8)),
        ("console=ttyS0 debug", (0, LineSettings(), 10)),
        ("console=ttyS0,115200 console=ttyS1,57600n8", (1, LineSettings(57600), 7)),
    ],
)
def test_command_line(cmdline: str, expected: tuple[int | None, LineSettings, int]) -> None:
    assert ConsoleOptions.parse(cmdline) == expected
