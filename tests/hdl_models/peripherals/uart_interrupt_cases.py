# SPDX-License-Identifier: Apache-2.0
"""Interrupts of the UART: trigger levels, timeout, THRE, line status, modem, busy detect."""

from __future__ import annotations

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.utils import get_sim_time
from uart_driver import (
    BAUD_115200,
    BUSY,
    DATA,
    EIGHT_BITS,
    FIFO,
    LINE,
    LINE_IRQ,
    LOOP,
    MODEM,
    MODEM_IRQ,
    NONE,
    RX_IRQ,
    THRE,
    THRE_IRQ,
    TIMEOUT,
    Lsr,
    Reg,
    Uart,
    open_uart,
)

SEVEN_BITS = 0x02


async def _receive(uart: Uart, data: bytes) -> None:
    source = uart.source()
    await source.write(data)
    await source.wait()


@cocotb.test()
@cocotb.parametrize((("code", "level"), [(0, 1), (1, 4), (2, 8), (3, 14)]))
async def data_interrupt_at_the_trigger_level(dut: SimHandleBase, code: int, level: int) -> None:
    uart = await open_uart(dut, fcr=FIFO | code << 6, ier=RX_IRQ)
    if level > 1:
        await _receive(uart, bytes(level - 1))
    assert dut.irq_o.value == 0
    await _receive(uart, b"!")
    assert dut.irq_o.value == 1
    assert await uart.read(Reg.IIR) == 0xC0 | DATA
    await uart.read(Reg.RBR)
    assert dut.irq_o.value == 0
    assert await uart.read(Reg.IIR) == 0xC0 | NONE


@cocotb.test()
async def data_interrupt_without_fifos(dut: SimHandleBase) -> None:
    uart = await open_uart(dut, fcr=3 << 6, ier=RX_IRQ)
    await _receive(uart, b"a")
    assert await uart.read(Reg.IIR) == DATA
    assert await uart.read(Reg.RBR) == ord("a")
    assert dut.irq_o.value == 0


@cocotb.test()
async def received_character_interrupts_in_the_middle_of_its_stop_bit(dut: SimHandleBase) -> None:
    """The far end may have up to one tick (54 clocks) of phase, and the bit is read at half."""
    uart = await open_uart(dut, ier=RX_IRQ, divisor=BAUD_115200)
    begin = get_sim_time("ns")
    source = uart.source()
    await source.write(b"\x0d")
    await uart.interrupt(within=50)
    took = get_sim_time("ns") - begin
    assert 9.5 * uart.bit_ns - 10 <= took <= (9.5 + 2 / 16) * uart.bit_ns


@cocotb.test()
async def timeout_interrupt_after_four_quiet_character_times(dut: SimHandleBase) -> None:
    uart = await open_uart(dut, fcr=FIFO | 3 << 6, ier=RX_IRQ)
    await _receive(uart, b"abc")
    last_stop_ended = get_sim_time("ns")
    await uart.interrupt(within=50)
    quiet_bits = (get_sim_time("ns") - last_stop_ended) / uart.bit_ns + 0.5
    assert 39.8 <= quiet_bits <= 40.2
    assert await uart.read(Reg.IIR) == 0xC0 | TIMEOUT
    assert await uart.read(Reg.IIR) == 0xC0 | TIMEOUT, "reading IIR does not end it"
    assert await uart.read(Reg.RBR) == ord("a")
    assert dut.irq_o.value == 0


@cocotb.test()
async def timeout_starts_again_after_a_read_while_characters_wait(dut: SimHandleBase) -> None:
    uart = await open_uart(dut, fcr=FIFO | 3 << 6, ier=RX_IRQ)
    await _receive(uart, b"ab")
    await uart.interrupt(within=50)
    await uart.read(Reg.RBR)
    begin = get_sim_time("ns")
    await uart.interrupt(within=50)
    assert abs((get_sim_time("ns") - begin) / uart.bit_ns - 40) <= 0.2
    await uart.read(Reg.RBR)
    await uart.wait(60)
    assert dut.irq_o.value == 0, "nothing waits any more"


@cocotb.test()
async def arriving_characters_hold_the_timeout_off(dut: SimHandleBase) -> None:
    uart = await open_uart(dut, fcr=FIFO | 3 << 6, ier=RX_IRQ)
    for _ in range(5):
        await _receive(uart, b".")
        await uart.wait(28)  # 38 bits from stop bit to stop bit
        assert dut.irq_o.value == 0


@cocotb.test()
async def thre_interrupt_when_the_transmitter_empties(dut: SimHandleBase) -> None:
    uart = await open_uart(dut, ier=THRE_IRQ)
    assert await uart.iir() == THRE, "enabling it while empty raises it"
    assert await uart.iir() == NONE, "and reading IIR ends it"
    await uart.send(b"ab")
    await uart.wait(5)
    assert dut.irq_o.value == 0, "one character still waits"
    await uart.wait(8)
    assert dut.irq_o.value == 1
    assert await uart.read(Reg.IIR) == 0xC0 | THRE
    assert dut.irq_o.value == 0


@cocotb.test()
async def thre_interrupt_ends_with_a_write_of_thr(dut: SimHandleBase) -> None:
    uart = await open_uart(dut)
    await uart.send(b"a")
    await uart.wait(1)
    await uart.write(Reg.IER, THRE_IRQ)
    assert dut.irq_o.value == 1
    await uart.send(b"b")
    assert dut.irq_o.value == 0


@cocotb.test()
async def enabling_thre_again_raises_it_again(dut: SimHandleBase) -> None:
    """What Linux tests for at start-up, in serial8250_do_startup."""
    uart = await open_uart(dut)
    for _ in range(2):
        await uart.write(Reg.IER, THRE_IRQ)
        assert await uart.iir() == THRE
        await uart.write(Reg.IER, 0)
        assert await uart.iir() == NONE


@cocotb.test()
async def iir_read_for_another_reason_leaves_thre_pending(dut: SimHandleBase) -> None:
    uart = await open_uart(dut, ier=RX_IRQ)
    await _receive(uart, b"a")
    await uart.write(Reg.IER, RX_IRQ | THRE_IRQ)
    assert await uart.iir() == DATA
    await uart.read(Reg.RBR)
    assert await uart.iir() == THRE


@cocotb.test()
async def line_status_interrupt_ends_with_a_read_of_lsr(dut: SimHandleBase) -> None:
    uart = await open_uart(dut, ier=LINE_IRQ)
    await uart.bits("0" * 12)
    await uart.wait(1)
    assert await uart.iir() == LINE
    assert await uart.lsr() & (Lsr.BI | Lsr.FE) == Lsr.BI | Lsr.FE
    assert dut.irq_o.value == 0


@cocotb.test()
async def overrun_raises_the_line_status_interrupt(dut: SimHandleBase) -> None:
    uart = await open_uart(dut, ier=LINE_IRQ)
    await _receive(uart, bytes(16))
    assert dut.irq_o.value == 0
    await _receive(uart, b"!")
    assert await uart.iir() == LINE


@cocotb.test()
async def modem_interrupt_ends_with_a_read_of_msr(dut: SimHandleBase) -> None:
    uart = await open_uart(dut, ier=MODEM_IRQ)
    await uart.write(Reg.MCR, LOOP | 2)
    assert await uart.iir() == MODEM
    await uart.read(Reg.MSR)
    assert dut.irq_o.value == 0


@cocotb.test()
async def busy_detect_refuses_lcr_and_ends_with_a_read_of_usr(dut: SimHandleBase) -> None:
    uart = await open_uart(dut)
    await uart.send(b"a")
    await uart.wait(1)
    await uart.write(Reg.LCR, SEVEN_BITS)
    assert await uart.read(Reg.LCR) == EIGHT_BITS
    assert dut.irq_o.value == 1, "it is not maskable"
    assert await uart.iir() == BUSY
    assert await uart.iir() == BUSY, "reading IIR does not end it"
    assert await uart.read(Reg.USR) & 1 == 1
    assert dut.irq_o.value == 0
    assert await uart.iir() == NONE
    await uart.wait(12)
    await uart.write(Reg.LCR, SEVEN_BITS)
    assert await uart.read(Reg.LCR) == SEVEN_BITS
    assert await uart.iir() == NONE


@cocotb.test()
async def unread_character_and_incoming_one_are_busy(dut: SimHandleBase) -> None:
    uart = await open_uart(dut)
    source = uart.source()
    await source.write(b"a")
    await uart.wait(3)
    assert await uart.read(Reg.USR) & 1 == 1
    await source.wait()
    await uart.write(Reg.LCR, SEVEN_BITS)
    assert await uart.iir() == BUSY
    await uart.read(Reg.USR)
    await uart.drain()
    assert await uart.read(Reg.USR) & 1 == 0


@cocotb.test()
async def interrupts_are_named_by_priority(dut: SimHandleBase) -> None:
    """Line status, data, THR empty, modem status, busy detect."""
    uart = await open_uart(dut)
    await uart.bits("0" * 12)
    await uart.write(Reg.LCR, SEVEN_BITS)
    await uart.write(Reg.MCR, LOOP | 2)
    await uart.wait(1)
    await uart.write(Reg.IER, RX_IRQ | THRE_IRQ | LINE_IRQ | MODEM_IRQ)
    found = []
    for end_it in (Reg.LSR, Reg.RBR, Reg.IIR, Reg.MSR, Reg.USR):
        found.append(await uart.iir() if end_it != Reg.IIR else THRE)
        await uart.read(end_it)
    assert found == [LINE, DATA, THRE, MODEM, BUSY]
    assert await uart.iir() == NONE
