# SPDX-License-Identifier: Apache-2.0
"""Transmission: FIFO filled to its depth at each THRE interrupt, ring, writers, the console."""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host_side.drivers import dw8250
from host_side.drivers.serial_tty import WAKEUP_CHARS, XMIT_SIZE, SerialTty, TransmitRing
from host_side.kernel.errors import LinuxError
from tests.host_side.drivers.dw_uart import DwUart
from tests.host_side.drivers.uart_machine import UartRig


@pytest.fixture
def rig() -> UartRig:
    rig = UartRig()
    rig.registers.clear()
    return rig


def tty(rig: UartRig) -> SerialTty:
    return dw8250.serial_tty(rig.kernel)


def bursts(rig: UartRig) -> list[int]:
    """Lengths of the runs of THR stores."""
    runs = groupby(rig.registers, key=lambda entry: entry[:2] == ("w", 0))
    return [len(list(run)) for is_thr, run in runs if is_thr]


def drain(rig: UartRig, count: int) -> None:
    rig.machine.run(lambda: len(rig.uart.sent) >= count)
    rig.settle(1000)


def test_one_byte(rig: UartRig) -> None:
    rig.call(tty(rig).write(b"A"))
    drain(rig, 1)
    assert rig.uart.output == b"A"
    # THRE enabled; its interrupt: IIR, LSR, MSR, THR, THRE disabled again, IIR.
    assert rig.registers == [
        ("w", 1, 7),
        ("r", 2, 0xC2),
        ("r", 5, 0x60),
        ("r", 6, 0),
        ("w", 0, ord("A")),
        ("w", 1, 5),
        ("r", 2, 0xC1),
    ]


def test_fifo_is_filled_to_its_depth_at_each_interrupt(rig: UartRig) -> None:
    data = bytes(range(50))
    rig.call(tty(rig).write(data))
    drain(rig, 50)
    assert rig.uart.output == data
    assert bursts(rig) == [16, 16, 16, 2]
    assert [entry for entry in rig.registers if entry[:2] == ("w", 1)] == [("w", 1, 7), ("w", 1, 5)]
    assert rig.port.counters.tx == 50


def test_line_is_busy_without_gaps(rig: UartRig) -> None:
    """The refill comes while the last character of the FIFO is still on the line."""
    rig.call(tty(rig).write(bytes(64)))
    drain(rig, 64)
    times = [time for time, _ in rig.uart.sent]
    steps = {after - before for before, after in pairwise(times)}
    assert steps == {rig.uart.char_cycles}


def test_depth_comes_from_the_parameters() -> None:
    def deeper(uart: DwUart) -> None:
        uart.cpr = 0x0002_1502

    rig = UartRig(change=deeper)
    assert rig.port.type.fifo_size == 32


def test_writer_sleeps_while_the_ring_is_full(rig: UartRig) -> None:
    data = bytes(n & 0xFF for n in range(XMIT_SIZE + 1000))
    task = rig.start(tty(rig).write(data))
    rig.settle()
    assert not task.exited
    assert tty(rig).ring.pending > XMIT_SIZE - 100
    levels: list[int] = []

    def written() -> bool:
        levels.append(tty(rig).ring.pending)
        return bool(task.exited)

    rig.machine.run(written)
    # Woken by the refill that leaves fewer than 256 bytes, not before, not much later.
    assert WAKEUP_CHARS - 16 <= min(levels) < WAKEUP_CHARS
    drain(rig, len(data))
    assert rig.uart.output == data


def test_signal_ends_the_wait_of_a_writer(rig: UartRig) -> None:
    task = rig.start(expect_errno(tty(rig).write(bytes(2 * XMIT_SIZE))))
    rig.settle()

    async def interrupt() -> None:
        rig.kernel.send_signal(task)

    rig.call(interrupt())
    rig.settle()
    assert task.result == 512


def test_hangup_ends_the_wait_of_a_writer(rig: UartRig) -> None:
    task = rig.start(tty(rig).write(bytes(2 * XMIT_SIZE)))
    rig.settle()
    assert not task.exited
    rig.call(tty(rig).hang_up())
    rig.settle()
    assert task.exited
    assert tty(rig).ring.pending == 0


async def expect_errno(awaitable: Any) -> int:
    try:
        await awaitable
    except LinuxError as error:
        return error.errno
    return 0


def test_reception_goes_on_during_transmission(rig: UartRig) -> None:
    rig.call(tty(rig).write(bytes(100)))
    rig.uart.type(b"0123456789")
    rig.settle(10_000_000)
    assert rig.call(tty(rig).read()) == b"0123456789"
    assert len(rig.uart.sent) == 100
    assert rig.uart.lost == 0


def test_uart_that_forgets_thre_is_filled_at_once() -> None:
    """UART_BUG_TXEN: enabling the interrupt does not raise it."""

    def forget(uart: DwUart) -> None:
        uart.forget_thre = True

    rig = UartRig(change=forget)
    rig.registers.clear()
    rig.call(tty(rig).write(bytes(20)))
    drain(rig, 20)
    assert bursts(rig) == [16, 4]
    assert rig.registers[:3] == [("w", 1, 7), ("r", 5, 0x60), ("w", 0, 0)]


@given(st.lists(st.tuples(st.binary(max_size=3000), st.integers(0, 5000))))
@settings(max_examples=60)
def test_ring_is_a_queue_of_limited_size(steps: list[tuple[bytes, int]]) -> None:
    ring, model = TransmitRing(), bytearray()
    for data, takes in steps:
        count = ring.put(data)
        assert count == min(len(data), XMIT_SIZE - 1 - len(model))
        model += data[:count]
        for _ in range(min(takes, len(model))):
            assert ring.take() == model.pop(0)
        assert (ring.pending, ring.room) == (len(model), XMIT_SIZE - 1 - len(model))
    ring.clear()
    assert ring.pending == 0


# The kernel's console.


def lines(rig: UartRig) -> list[str]:
    return rig.uart.output.decode().replace("\r\n", "\n").splitlines()


def settle_console(rig: UartRig) -> None:
    rig.settle(200_000_000)


def test_log_is_shown_from_its_beginning() -> None:
    rig = UartRig("console=ttyS0,115200")
    settle_console(rig)
    assert lines(rig) == rig.kernel.log.dmesg().splitlines()
    assert b"\n" not in rig.uart.output.replace(b"\r\n", b"")
    assert lines(rig)[0].endswith("Linux version 5.15.0-starfive (riscv64)")


@pytest.mark.parametrize(("cmdline", "limit"), [("quiet", 4), ("loglevel=2", 2), ("", 7)])
def test_levels_that_are_shown(cmdline: str, limit: int) -> None:
    rig = UartRig(f"console=ttyS0,115200 {cmdline}")
    settle_console(rig)
    rig.uart.sent.clear()

    async def say() -> None:
        for level in range(8):
            rig.kernel.printk("", f"level {level}", level)

    rig.call(say())
    settle_console(rig)
    assert [line.split("] ")[1] for line in lines(rig)] == [f"level {n}" for n in range(limit)]


def test_console_polls_with_the_uarts_interrupts_off() -> None:
    rig = UartRig()
    rig.registers.clear()

    async def say() -> None:
        rig.kernel.printk("", "x", 3)

    rig.call(say())
    settle_console(rig)
    accesses = [entry for entry in rig.registers if entry[:2] != ("r", 5)]
    text = rig.uart.output
    assert text.endswith(b"] x\r\n")
    sent = [("w", 0, byte) for byte in text]
    assert accesses == [("r", 1, 5), ("w", 1, 0), *sent, ("w", 1, 5)]


def test_every_line_of_a_message_ends_with_a_return() -> None:
    rig = UartRig()

    async def say() -> None:
        rig.kernel.printk("", "one\ntwo", 3)

    rig.call(say())
    settle_console(rig)
    *_, one, two, rest = rig.uart.output.split(b"\r\n")
    assert rest == b""
    assert one.endswith(b"] one")
    assert two.endswith(b"] two")


def test_nobody_else_runs_while_a_line_is_sent() -> None:
    rig = UartRig()

    async def say() -> int:
        rig.kernel.printk("", "x" * 60, 3)
        await rig.kernel.sleep_ns(100_000)
        return rig.machine.cycle

    begin = rig.machine.cycle
    woken = rig.call(say())
    assert rig.uart.output.endswith(b"x\r\n")
    assert woken - begin > 60 * rig.uart.char_cycles


def test_line_status_seen_while_polling_is_kept() -> None:
    """The poll has cleared OE in LSR; the overrun counts with the next character read."""
    rig = UartRig()

    async def say() -> None:
        rig.kernel.printk("", "x" * 60, 3)

    rig.uart.type(b"a" * 20)
    rig.call(say())
    settle_console(rig)
    assert rig.call(tty(rig).read()) == b"a" * 16
    assert rig.port.counters.overrun == 1


def test_console_and_writers_share_the_line() -> None:
    rig = UartRig()

    async def both() -> None:
        await tty(rig).write(b"user " * 20)
        rig.kernel.printk("", "kernel", 3)
        await tty(rig).write(b"more " * 20)

    rig.call(both())
    settle_console(rig)
    line = f"{rig.kernel.log.records[-1]}\r\n".encode()
    before, found, after = rig.uart.output.partition(line)
    assert found == line
    assert before + after == b"user " * 20 + b"more " * 20
    assert before and after
