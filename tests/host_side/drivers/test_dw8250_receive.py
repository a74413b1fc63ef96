# SPDX-License-Identifier: Apache-2.0
"""Reception: single characters, bursts, timeouts, broken characters, lost ones, a busy UART."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host_side.drivers import dw8250
from host_side.drivers.dw8250_registers import IER, IER_RDI, IER_RLSI, LCR, LCR_SPAR
from host_side.drivers.irqs_off import IrqsOff
from host_side.drivers.serial_options import LineSettings
from host_side.drivers.serial_tty import FLIP_LIMIT, LINE_LIMIT
from host_side.kernel.errors import LinuxError
from host_side.kernel.requests import wait
from tests.host_side.drivers.dw_uart import BI, FE, PE, USR, DwUart
from tests.host_side.drivers.uart_machine import UartRig, uart_node

TIMEOUT_CHARS = 4
IIR_TIMEOUT, IIR_DATA, IIR_BUSY, IIR_NONE, IIR_LINE = 0xCC, 0xC4, 0xC7, 0xC1, 0xC6


@pytest.fixture
def rig() -> UartRig:
    rig = UartRig()
    rig.registers.clear()
    return rig


def read(rig: UartRig) -> bytes:
    data: bytes = rig.call(dw8250.serial_tty(rig.kernel).read())
    return data


def iirs(rig: UartRig) -> list[int]:
    return [value for op, number, value in rig.registers if (op, number) == ("r", 2)]


def test_one_character_comes_with_the_timeout_interrupt(rig: UartRig) -> None:
    typed = rig.machine.cycle
    rig.uart.type(b"a")
    assert read(rig) == b"a"
    waited = (rig.machine.cycle - typed) / rig.uart.char_cycles
    assert 1 + TIMEOUT_CHARS < waited < 1 + TIMEOUT_CHARS + 0.1
    # IIR, LSR of the quirk, LSR, RBR, LSR again, MSR, and IIR until nothing is pending.
    assert rig.registers == [
        ("r", 2, IIR_TIMEOUT),
        ("r", 5, 0x61),
        ("r", 5, 0x61),
        ("r", 0, ord("a")),
        ("r", 5, 0x60),
        ("r", 6, 0),
        ("r", 2, IIR_NONE),
    ]


def test_burst_comes_by_the_trigger_level(rig: UartRig) -> None:
    rig.uart.type(b"0123456789")
    first = read(rig)
    assert first == b"01234567"
    assert iirs(rig) == [IIR_DATA, IIR_NONE]
    assert read(rig) == b"89"
    assert iirs(rig)[2:] == [IIR_TIMEOUT, IIR_NONE]
    assert rig.port.counters.rx == 10


@settings(max_examples=15)
@given(data=st.binary(min_size=1, max_size=60), gap=st.integers(0, 40_000))
def test_every_byte_arrives_once_in_order(data: bytes, gap: int) -> None:
    rig = UartRig()
    rig.uart.type(data, rig.uart.char_cycles + gap)
    taken = bytearray()
    while len(taken) < len(data):
        taken += read(rig)
    assert bytes(taken) == data
    assert rig.port.counters.rx == len(data)
    assert rig.uart.lost == 0


def masked(rig: UartRig, cycles: int) -> Any:
    """A task that keeps interrupts off for some cycles."""

    async def body() -> None:
        with IrqsOff(rig.kernel.cpu):
            await wait(cycles, 0)

    return body()


def test_overrun_while_interrupts_are_off(rig: UartRig) -> None:
    rig.uart.type(bytes(range(20)))
    rig.call(masked(rig, 21 * rig.uart.char_cycles))
    assert read(rig) == bytes(range(16))
    assert rig.uart.lost == 4
    assert rig.port.counters.overrun == 1
    assert iirs(rig)[0] == IIR_LINE
    assert rig.log()[-1] == "ttyS ttyS0: 1 input overrun(s)"


def test_overruns_are_reported_once_a_second(rig: UartRig) -> None:
    for _ in range(3):
        rig.uart.type(bytes(17))
        rig.call(masked(rig, 18 * rig.uart.char_cycles))
        read(rig)
    rig.settle(1_100_000_000)
    rig.uart.type(bytes(17))
    rig.call(masked(rig, 18 * rig.uart.char_cycles))
    read(rig)
    warnings = [line for line in rig.log() if "overrun" in line]
    assert warnings == ["ttyS ttyS0: 1 input overrun(s)", "ttyS ttyS0: 3 input overrun(s)"]
    assert rig.port.counters.overrun == 4


@pytest.mark.parametrize(
    ("errors", "kind"), [(PE, "parity"), (FE, "frame"), (BI | FE, "brk"), (PE | FE, "parity")]
)
def test_broken_characters_are_counted_and_delivered(rig: UartRig, errors: int, kind: str) -> None:
    rig.uart.type(b"\0", errors=errors)
    assert read(rig) == b"\0"
    counters = rig.port.counters
    found = {name: getattr(counters, name) for name in ("parity", "frame", "brk", "overrun")}
    assert found == {"parity": 0, "frame": 0, "brk": 0, "overrun": 0} | {kind: 1}


def test_timeout_without_data_needs_a_dummy_read(rig: UartRig) -> None:
    rig.uart.signal_timeout()
    rig.settle()
    assert rig.registers == [
        ("r", 2, IIR_TIMEOUT),
        ("r", 5, 0x60),
        ("r", 0, 0),
        ("r", 5, 0x60),
        ("r", 6, 0),
        ("r", 2, IIR_NONE),
    ]
    assert rig.port.counters.rx == 0


def test_busy_detect_is_ended_by_reading_usr(rig: UartRig) -> None:
    """LCR written behind the driver's back while a character is being received."""

    async def write_lcr() -> None:
        await rig.kernel.bus.store(0x1000_000C, 4, 0x13)

    rig.uart.type(b"a")
    rig.settle(rig.uart.char_cycles * 10 + 1000)
    rig.registers.clear()
    rig.call(write_lcr())
    rig.settle()
    assert rig.uart.ignored_lcr == 1
    assert rig.registers[:4] == [("w", 3, 0x13), ("r", 2, IIR_BUSY), ("r", USR, 1), ("r", 2, 0xC1)]


def test_refused_lcr_is_written_again_until_it_holds(rig: UartRig) -> None:
    tty = dw8250.serial_tty(rig.kernel)
    rig.call(tty.write(b"xy"))
    rig.settle(20_000)
    assert rig.uart.busy()
    rig.registers.clear()
    rig.call(rig.port.set_termios(LineSettings(9600)))
    assert (rig.uart.lcr, rig.uart.divisor) == (0x13, 156)
    assert rig.uart.ignored_lcr > 10
    # LCR, read back, FIFOs emptied and enabled again, RBR, LCR once more.
    assert rig.registers[1:9] == [
        ("w", 3, 0x93),
        ("r", 3, 0x13),
        ("w", 2, 0x01),
        ("w", 2, 0x07),
        ("w", 2, 0x00),
        ("w", 2, 0x81),
        ("r", 0, 0),
        ("w", 3, 0x93),
    ]
    rig.settle()
    assert not rig.uart.irq()


def test_stick_parity_need_not_hold(rig: UartRig) -> None:
    class WithoutStickParity(DwUart):
        def write(self, number: int, value: int) -> None:
            super().write(number, value & ~LCR_SPAR if number == LCR else value)

    rig.uart.__class__ = WithoutStickParity
    rig.call(rig.port.registers.write(LCR, 0x3B))
    assert rig.registers == [("w", LCR, 0x3B), ("r", LCR, 0x1B)]


def test_compatible_uart_has_neither_check_nor_quirks() -> None:
    rig = UartRig(node=uart_node(**{"snps,uart_16550_compatible": True}))
    assert ("r", 3, 0x93) not in rig.registers
    rig.registers.clear()
    rig.uart.type(b"a")
    assert read(rig) == b"a"
    assert [number for _, number, _ in rig.registers] == [2, 5, 0, 5, 6, 2]


def test_reader_that_does_not_read(rig: UartRig) -> None:
    """The line discipline takes 4095 bytes, the rest waits in the flip buffer, of limited size."""
    tty = dw8250.serial_tty(rig.kernel)

    async def arrive(count: int) -> int:
        taken = sum(tty.receive(n & 0xFF) for n in range(count))
        await tty.push()
        return taken

    assert rig.call(arrive(LINE_LIMIT + 5)) == LINE_LIMIT + 5
    rig.settle()
    assert rig.call(arrive(FLIP_LIMIT)) == FLIP_LIMIT - 5
    assert read(rig) == bytes(n & 0xFF for n in range(LINE_LIMIT))
    assert read(rig)[:6] == bytes(n & 0xFF for n in range(LINE_LIMIT, LINE_LIMIT + 5)) + b"\0"


def test_unbound_device_ends_readers_and_writers(rig: UartRig) -> None:
    tty = dw8250.serial_tty(rig.kernel)
    reader = rig.start(tty.read())
    rig.settle()
    device = next(d for d in rig.kernel.platform_bus.devices if d.name == "10000000.serial")
    rig.call(rig.kernel.platform_bus.unbind(device))
    rig.settle()
    assert reader.result == b""
    assert rig.uart.ier == 0
    assert rig.log()[-1] == "printk: console [ttyS0] disabled"
    assert "ttyS0" not in [row.action for row in rig.kernel.interrupts.irqs]
    with pytest.raises(LinuxError, match="ENXIO"):
        dw8250.serial_tty(rig.kernel)


def test_interrupts_stay_enabled_for_reception(rig: UartRig) -> None:
    rig.uart.type(b"hello")
    read(rig)
    assert rig.uart.ier == IER_RDI | IER_RLSI
    assert not [entry for entry in rig.registers if entry[:2] == ("w", IER)]
