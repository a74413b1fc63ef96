# SPDX-License-Identifier: Apache-2.0
"""Bits on the UART's lines: baud rate, formats, start bits, parity, framing, break, loop-back."""

from __future__ import annotations

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import FallingEdge, RisingEdge
from cocotb.utils import get_sim_time
from uart_driver import (
    BAUD_115200,
    BREAK,
    EIGHT_BITS,
    EVEN,
    FIFO,
    IDLE,
    LOOP,
    PARITY,
    STICK,
    STOP2,
    Lsr,
    Reg,
    open_uart,
)

TEXT = b"msh />\r\n\x00\xff\x55\xaa"
PARITY_MODES = {
    "none": (0, None),
    "odd": (PARITY, lambda ones: 1 - ones % 2),
    "even": (PARITY | EVEN, lambda ones: ones % 2),
    "mark": (PARITY | STICK, lambda ones: 1),
    "space": (PARITY | STICK | EVEN, lambda ones: 0),
}


def _framed(data: int, length: int, parity) -> int:
    """Data bits and parity bit, as the far end shifts them, first bit in bit 0."""
    data &= (1 << length) - 1
    return data if parity is None else data | parity(data.bit_count()) << length


@cocotb.test()
async def sends_at_115200(dut: SimHandleBase) -> None:
    uart = await open_uart(dut, divisor=BAUD_115200)
    sink = uart.sink()
    await uart.send(TEXT)
    await uart.wait(10 * len(TEXT) + 5)
    assert bytes(sink.read_nowait()) == TEXT
    assert await uart.lsr() == IDLE


@cocotb.test()
async def receives_at_115200(dut: SimHandleBase) -> None:
    uart = await open_uart(dut, divisor=BAUD_115200)
    source = uart.source()
    await source.write(TEXT)
    await source.wait()
    assert await uart.drain() == TEXT


@cocotb.test()
async def bit_takes_16_times_the_divisor_of_the_serial_clock(dut: SimHandleBase) -> None:
    """0x55 has an edge a bit; start to last rising edge is 9 bits of 208 / 24 MHz: 78 us."""
    uart = await open_uart(dut, divisor=BAUD_115200)
    await uart.send(b"\x55")
    await FallingEdge(dut.txd_o)
    begin = get_sim_time("ns")
    for _ in range(5):
        await RisingEdge(dut.txd_o)
    assert abs(get_sim_time("ns") - begin - 78_000) <= 10


@cocotb.test()
@cocotb.parametrize(length=[5, 6, 7, 8], mode=list(PARITY_MODES))
async def every_format_is_sent(dut: SimHandleBase, length: int, mode: str) -> None:
    flags, parity = PARITY_MODES[mode]
    uart = await open_uart(dut, lcr=(length - 5) | flags)
    sink = uart.sink(length + (parity is not None))
    await uart.send(b"\xb5\x4c")
    await uart.wait(25)
    assert list(sink.read_nowait()) == [_framed(byte, length, parity) for byte in (0xB5, 0x4C)]


@cocotb.test()
@cocotb.parametrize(length=[5, 6, 7, 8], mode=list(PARITY_MODES))
async def every_format_is_received(dut: SimHandleBase, length: int, mode: str) -> None:
    flags, parity = PARITY_MODES[mode]
    uart = await open_uart(dut, lcr=(length - 5) | flags)
    source = uart.source(length + (parity is not None))
    await source.write([_framed(byte, length, parity) for byte in (0xB5, 0x4C)])
    await source.wait()
    mask = (1 << length) - 1
    assert await uart.lsr() == IDLE | Lsr.DR
    assert await uart.drain() == bytes([0xB5 & mask, 0x4C & mask])
    assert await uart.lsr() == IDLE


@cocotb.test()
@cocotb.parametrize(
    (("lcr", "character_bits"), [(EIGHT_BITS, 10), (EIGHT_BITS | STOP2, 11), (STOP2, 7.5)])
)
async def stop_bit_has_the_length_asked_for(
    dut: SimHandleBase, lcr: int, character_bits: float
) -> None:
    """1 stop bit; 2 of them; 1.5 when characters have 5 bits. Characters follow without a gap."""
    uart = await open_uart(dut, lcr=lcr)
    await uart.send(b"\xff\xff")
    await FallingEdge(dut.txd_o)
    begin = get_sim_time("ns")
    await FallingEdge(dut.txd_o)
    assert abs(get_sim_time("ns") - begin - character_bits * uart.bit_ns) <= 20


@cocotb.test()
async def short_low_pulse_is_no_start_bit(dut: SimHandleBase) -> None:
    uart = await open_uart(dut)
    dut.rxd_i.value = 0
    await uart.wait(0.4)
    dut.rxd_i.value = 1
    await uart.wait(12)
    assert await uart.lsr() == IDLE
    source = uart.source()
    await source.write(b"A")
    await source.wait()
    assert await uart.drain() == b"A"


@cocotb.test()
@cocotb.parametrize(factor=[0.97, 1.03])
async def baud_rates_three_percent_apart_are_borne(dut: SimHandleBase, factor: float) -> None:
    uart = await open_uart(dut, divisor=BAUD_115200)
    uart.baud *= factor
    source = uart.source()
    await source.write(b"\x00\xff\x55")
    await source.wait()
    assert await uart.drain() == b"\x00\xff\x55"


@cocotb.test()
async def parity_error_shows_when_its_character_is_at_the_head(dut: SimHandleBase) -> None:
    uart = await open_uart(dut, lcr=EIGHT_BITS | PARITY | EVEN)
    source = uart.source(9)
    await source.write([0x001, 0x101, 0x101])  # wrong, right, right
    await source.write([0x100, 0x003])  # wrong, right
    await source.wait()
    assert await uart.lsr() == IDLE | Lsr.DR | Lsr.PE | Lsr.RFE
    assert await uart.lsr() == IDLE | Lsr.DR | Lsr.RFE, "one more faulty character is behind"
    assert [await uart.read(Reg.RBR) for _ in range(3)] == [1, 1, 1]
    assert await uart.lsr() == IDLE | Lsr.DR | Lsr.PE | Lsr.RFE
    assert await uart.lsr() == IDLE | Lsr.DR
    assert await uart.drain() == b"\x00\x03"


@cocotb.test()
async def parity_error_stays_until_lsr_is_read(dut: SimHandleBase) -> None:
    uart = await open_uart(dut, lcr=EIGHT_BITS | PARITY)
    source = uart.source(9)
    await source.write([0x101])
    await source.wait()
    assert await uart.read(Reg.RBR) == 1
    assert await uart.lsr() & Lsr.PE
    assert not await uart.lsr() & Lsr.PE


@cocotb.test()
async def low_stop_bit_is_a_framing_error_and_the_next_start_bit(dut: SimHandleBase) -> None:
    uart = await open_uart(dut)
    await uart.bits("0" + "10000010" + "0" + "11110000" + "1")
    await uart.wait(2)
    assert await uart.lsr() == IDLE | Lsr.DR | Lsr.FE | Lsr.RFE
    assert await uart.read(Reg.RBR) == 0x41
    assert await uart.lsr() == IDLE | Lsr.DR
    assert await uart.drain() == b"\x0f"


@cocotb.test()
async def break_is_one_null_character(dut: SimHandleBase) -> None:
    uart = await open_uart(dut)
    await uart.bits("0" * 40)
    await uart.wait(2)
    assert await uart.lsr() == IDLE | Lsr.DR | Lsr.BI | Lsr.FE | Lsr.RFE
    assert await uart.drain() == b"\x00"
    source = uart.source()
    await source.write(b"x")
    await source.wait()
    assert await uart.drain() == b"x"


@cocotb.test()
async def break_control_holds_the_line_low(dut: SimHandleBase) -> None:
    uart = await open_uart(dut)
    assert dut.txd_o.value == 1
    await uart.write(Reg.LCR, EIGHT_BITS | BREAK)
    await uart.wait(30)
    assert dut.txd_o.value == 0
    await uart.write(Reg.LCR, EIGHT_BITS)
    await uart.wait(1)
    assert dut.txd_o.value == 1


@cocotb.test()
async def loopback_returns_what_is_sent_and_leaves_the_lines_alone(dut: SimHandleBase) -> None:
    uart = await open_uart(dut)
    await uart.write(Reg.MCR, LOOP)
    sink, source = uart.sink(), uart.source()
    await source.write(b"ignored")
    await uart.send(b"loop")
    await source.wait()
    assert sink.empty()
    assert await uart.drain() == b"loop"


@cocotb.test()
async def modem_lines_loop_back_with_their_changes(dut: SimHandleBase) -> None:
    """RTS is CTS, DTR is DSR, OUT1 is RI, OUT2 is DCD; RI counts only when it ends."""
    uart = await open_uart(dut)
    await uart.write(Reg.MCR, 0x0F)
    assert await uart.read(Reg.MSR) == 0x00, "not connected outside loop-back"
    await uart.write(Reg.MCR, LOOP)
    for mcr, status, delta in ((2, 0x10, 1), (1, 0x20, 3), (4, 0x40, 2), (8, 0x80, 12)):
        await uart.write(Reg.MCR, LOOP | mcr)
        await uart.wait(1)
        assert await uart.read(Reg.MSR) == status | delta, f"MCR {mcr:#x}"
        assert await uart.read(Reg.MSR) == status, "the changes are cleared by the read"


@cocotb.test()
async def divisor_zero_stops_the_line(dut: SimHandleBase) -> None:
    uart = await open_uart(dut, fcr=FIFO)
    await uart.write(Reg.LCR, EIGHT_BITS | 0x80)
    await uart.write(Reg.DLL, 0)
    await uart.write(Reg.LCR, EIGHT_BITS)
    await uart.send(b"A")
    await uart.wait(30)
    assert dut.txd_o.value == 1
    assert await uart.read(Reg.TFL) == 1
    assert await uart.read(Reg.USR) & 1 == 0, "waiting without a baud clock is not busy"
