# SPDX-License-Identifier: Apache-2.0
"""What drivers and harts see of the PLIC; the sources are level interrupts."""

from __future__ import annotations

import cocotb
from apb_port import ApbPort, start
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles

UART0, UART1, MPU = 32, 33, 130
WIRE = {UART0: 0b001, UART1: 0b010, MPU: 0b100}
PENDING = 0x1000


def _threshold(hart: int) -> int:
    return 0x20_0000 + 0x1000 * 2 * hart


def _claim(hart: int) -> int:
    return _threshold(hart) + 4


def _enable(hart: int, source: int) -> int:
    return 0x2000 + 0x80 * 2 * hart + source // 32 * 4


async def _allow(port: ApbPort, hart: int, source: int, priority: int = 1) -> None:
    await port.write(4 * source, priority)
    word = await port.read(_enable(hart, source))
    await port.write(_enable(hart, source), word | 1 << source % 32)


async def _set(dut: SimHandleBase, *sources: int) -> None:
    """Raise the lines of `sources`, lower all others, let the change pass."""
    dut.irq_i.value = sum(WIRE[source] for source in sources)
    await ClockCycles(dut.clk_i, 4)


def _lines(dut: SimHandleBase) -> int:
    """Interrupt lines, bit h-1 for hart h."""
    return dut.eip_o.value.to_unsigned()


@cocotb.test()
async def interrupt_reaches_only_the_hart_that_enabled_it(dut: SimHandleBase) -> None:
    port = await start(dut, irq_i=0)
    await _allow(port, 4, UART1)
    await _set(dut, UART1)
    assert _lines(dut) == 0b1000
    assert await port.read(PENDING + 4) == 0b10
    assert await port.read(_claim(1)) == 0
    assert await port.read(_claim(4)) == UART1
    assert await port.read(PENDING + 4) == 0
    assert _lines(dut) == 0


@cocotb.test()
async def line_follows_two_clocks_after_the_source(dut: SimHandleBase) -> None:
    port = await start(dut, irq_i=0)
    await _allow(port, 1, MPU)
    await ClockCycles(dut.clk_i, 1)
    dut.irq_i.value = WIRE[MPU]
    levels = []
    for _ in range(5):
        await ClockCycles(dut.clk_i, 1)
        levels.append(_lines(dut))
    assert levels == [0, 0, 1, 1, 1]


@cocotb.test()
async def level_triggers_again_after_complete_while_it_stays_up(dut: SimHandleBase) -> None:
    port = await start(dut, irq_i=0)
    await _allow(port, 4, UART1)
    await _set(dut, UART1)
    assert await port.read(_claim(4)) == UART1
    await ClockCycles(dut.clk_i, 10)
    assert _lines(dut) == 0, "the gateway is closed until completion"
    await port.write(_claim(4), UART1)
    await ClockCycles(dut.clk_i, 4)
    assert _lines(dut) == 0b1000
    assert await port.read(_claim(4)) == UART1
    await _set(dut)
    await port.write(_claim(4), UART1)
    await ClockCycles(dut.clk_i, 4)
    assert _lines(dut) == 0
    assert await port.read(_claim(4)) == 0


@cocotb.test()
async def request_once_forwarded_stays_pending(dut: SimHandleBase) -> None:
    """RT-Thread completes before its handler runs: it then meets one request too many."""
    port = await start(dut, irq_i=0)
    await _allow(port, 4, UART1)
    await _set(dut, UART1)
    assert await port.read(_claim(4)) == UART1
    await port.write(_claim(4), UART1)
    await ClockCycles(dut.clk_i, 2)
    await _set(dut)
    assert await port.read(_claim(4)) == UART1
    await port.write(_claim(4), UART1)
    await ClockCycles(dut.clk_i, 4)
    assert await port.read(_claim(4)) == 0


@cocotb.test()
async def highest_priority_first_then_lowest_id(dut: SimHandleBase) -> None:
    port = await start(dut, irq_i=0)
    for source, priority in ((UART0, 3), (UART1, 3), (MPU, 7)):
        await _allow(port, 1, source, priority)
    await _set(dut, UART0, UART1, MPU)
    assert await port.read(PENDING + 4) == 0b11
    assert await port.read(PENDING + 16) == 0b100
    assert [await port.read(_claim(1)) for _ in range(4)] == [MPU, UART0, UART1, 0]


@cocotb.test()
async def two_harts_never_claim_the_same_request(dut: SimHandleBase) -> None:
    port = await start(dut, irq_i=0)
    for hart in (1, 2, 3):
        await _allow(port, hart, UART0)
        await _allow(port, hart, MPU, 2)
    await _set(dut, UART0, MPU)
    assert _lines(dut) == 0b0111
    assert [await port.read(_claim(hart)) for hart in (1, 2, 3)] == [MPU, UART0, 0]
    assert _lines(dut) == 0


@cocotb.test()
async def threshold_masks_the_line_but_not_the_claim(dut: SimHandleBase) -> None:
    port = await start(dut, irq_i=0)
    await _allow(port, 2, UART0, 4)
    await port.write(_threshold(2), 4)
    await _set(dut, UART0)
    assert _lines(dut) == 0
    await port.write(_threshold(2), 3)
    await ClockCycles(dut.clk_i, 3)
    assert _lines(dut) == 0b0010
    await port.write(_threshold(2), 7)
    assert await port.read(_claim(2)) == UART0


@cocotb.test()
async def priority_zero_never_interrupts(dut: SimHandleBase) -> None:
    port = await start(dut, irq_i=0)
    await _allow(port, 1, UART0, 0)
    await _set(dut, UART0)
    assert await port.read(PENDING + 4) == 0b01
    assert _lines(dut) == 0
    assert await port.read(_claim(1)) == 0
    await port.write(4 * UART0, 1)
    await ClockCycles(dut.clk_i, 3)
    assert _lines(dut) == 0b0001


@cocotb.test()
async def completion_by_a_context_without_the_source_is_ignored(dut: SimHandleBase) -> None:
    port = await start(dut, irq_i=0)
    await _allow(port, 4, UART1)
    await _set(dut, UART1)
    assert await port.read(_claim(4)) == UART1
    for hart, source in ((1, UART1), (4, UART0), (4, 0), (4, 0x1_0000 | UART1)):
        await port.write(_claim(hart), source)
        await ClockCycles(dut.clk_i, 4)
        assert _lines(dut) == 0, f"hart {hart} completed {source}"
    await port.write(_claim(4), UART1)
    await ClockCycles(dut.clk_i, 4)
    assert _lines(dut) == 0b1000


@cocotb.test()
async def unwired_sources_and_contexts_have_no_state(dut: SimHandleBase) -> None:
    port = await start(dut, irq_i=0)
    m_mode_of_hart_1 = 1
    for offset in (
        4 * 34,
        4 * 136,
        0x2000 + 0x80 * m_mode_of_hart_1 + 4,
        _enable(5, UART0),
        0x20_0000 + 0x1000 * m_mode_of_hart_1,
        _threshold(5),
        0x3FF_FFFC,
    ):
        await port.write(offset, 0xFFFF_FFFF)
        assert await port.read(offset) == 0, f"offset {offset:#x}"
    await port.write(_enable(1, UART0), 0xFFFF_FFFF)
    assert await port.read(_enable(1, UART0)) == 0b11
