# SPDX-License-Identifier: Apache-2.0
"""What software and the harts see of the CLINT."""

from __future__ import annotations

import random
from itertools import pairwise

import cocotb
from apb_port import ApbPort, start
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, FallingEdge
from cocotb.utils import get_sim_time

MSIP, MTIMECMP, MTIME = 0x0000, 0x4000, 0xBFF8
CLOCKS_PER_TICK = 25


async def _write64(port: ApbPort, offset: int, value: int) -> None:
    await port.write(offset, value & 0xFFFF_FFFF)
    await port.write(offset + 4, value >> 32)


@cocotb.test()
async def mtime_ticks_every_25_clocks(dut: SimHandleBase) -> None:
    await start(dut, skip_i=0)
    times = []
    for _ in range(4):
        await dut.mtime_o.value_change
        times.append(get_sim_time("ns"))
    assert [b - a for a, b in pairwise(times)] == [CLOCKS_PER_TICK * 10] * 3


@cocotb.test()
async def timer_interrupt_rises_when_mtime_reaches_mtimecmp(dut: SimHandleBase) -> None:
    """mtip of that hart goes up a clock after the tick that makes mtime equal to mtimecmp."""
    port = await start(dut, skip_i=0)
    await _write64(port, MTIMECMP + 8 * 4, 5)
    await dut.mtip_o.value_change
    raised = get_sim_time("ns")
    assert dut.mtip_o.value.to_unsigned() == 1 << 4
    assert dut.mtime_o.value.to_unsigned() == 5
    await dut.mtime_o.value_change
    assert get_sim_time("ns") - raised == (CLOCKS_PER_TICK - 1) * 10


@cocotb.test()
async def timer_interrupt_is_a_level_that_a_later_deadline_ends(dut: SimHandleBase) -> None:
    port = await start(dut, skip_i=0)
    await _write64(port, MTIMECMP + 8, 0)
    await ClockCycles(dut.clk_i, 3)
    assert dut.mtip_o.value.to_unsigned() == 0b00010
    await ClockCycles(dut.clk_i, 100)
    assert dut.mtip_o.value.to_unsigned() == 0b00010
    await _write64(port, MTIMECMP + 8, 1 << 40)
    await ClockCycles(dut.clk_i, 3)
    assert dut.mtip_o.value.to_unsigned() == 0


@cocotb.test()
async def no_timer_interrupt_after_reset(dut: SimHandleBase) -> None:
    await start(dut, skip_i=0)
    await ClockCycles(dut.clk_i, 200)
    assert dut.mtip_o.value.to_unsigned() == 0


@cocotb.test()
async def comparison_is_of_64_bits(dut: SimHandleBase) -> None:
    """A low word that is behind does not raise the interrupt while the high word is ahead."""
    port = await start(dut, skip_i=0)
    await _write64(port, MTIMECMP, (1 << 32) | 1)
    await _write64(port, MTIME, 0xFFFF_FFFE)
    await ClockCycles(dut.clk_i, 2)
    assert dut.mtip_o.value.to_unsigned() == 0
    await dut.mtip_o.value_change
    assert dut.mtime_o.value.to_unsigned() == (1 << 32) + 1


@cocotb.test()
async def mtime_can_be_set_and_goes_on_from_there(dut: SimHandleBase) -> None:
    port = await start(dut, skip_i=0)
    await _write64(port, MTIME, 0x1234_5678_9ABC_DEF0)
    await ClockCycles(dut.clk_i, 10 * CLOCKS_PER_TICK)
    low, high = await port.read(MTIME), await port.read(MTIME + 4)
    assert high == 0x1234_5678
    assert 10 <= low - 0x9ABC_DEF0 <= 11


@cocotb.test()
async def byte_strobes_write_part_of_a_compare(dut: SimHandleBase) -> None:
    port = await start(dut, skip_i=0)
    await port.write_bytes(MTIMECMP + 8 * 2 + 1, b"\x5a\xa5")
    assert await port.read(MTIMECMP + 8 * 2) == 0xFFA5_5AFF
    assert await port.read(MTIMECMP + 8 * 2 + 4) == 0xFFFF_FFFF
    assert await port.read(MTIMECMP + 8 * 1) == 0xFFFF_FFFF


@cocotb.test()
async def msip_holds_the_interrupt_of_its_hart_until_cleared(dut: SimHandleBase) -> None:
    port = await start(dut, skip_i=0)
    for hart in range(5):
        await port.write(MSIP + 4 * hart, 0xFFFF_FFFF)
        assert dut.msip_o.value.to_unsigned() == 1 << hart
        assert await port.read(MSIP + 4 * hart) == 1
        await port.write(MSIP + 4 * hart, 0xFFFF_FFFE)
        assert dut.msip_o.value.to_unsigned() == 0


@cocotb.test()
async def left_out_clocks_are_counted(dut: SimHandleBase) -> None:
    """mtime is that of all clocks, those that ran and those that skip_i says were left out."""
    await start(dut, skip_i=0)
    generator = random.Random(25)
    clocks = dut.mtime_o.value.to_unsigned()
    assert clocks == 0
    for _ in range(300):
        skip = generator.choice((0, 0, 1, 23, 24, 25, generator.randrange(1000)))
        dut.skip_i.value = skip
        await FallingEdge(dut.clk_i)
        clocks += skip + 1
        assert dut.mtime_o.value.to_unsigned() == clocks // CLOCKS_PER_TICK, f"clock {clocks}"


@cocotb.test()
async def promised_clocks_never_leave_out_a_timer_interrupt(dut: SimHandleBase) -> None:
    """Leaving out all that timer_o allows, the interrupt rises in the clock it would rise in."""
    port = await start(dut, skip_i=0)
    await _write64(port, MTIMECMP + 8, 40)
    await _write64(port, MTIMECMP + 8 * 3, 600)
    for hart, deadline in ((1, 40), (3, 600)):
        left_out = 0
        while not dut.mtip_o.value.to_unsigned() >> hart & 1:
            skip = dut.timer_o.value.to_unsigned()
            left_out += skip
            dut.skip_i.value = skip
            await FallingEdge(dut.clk_i)
            assert dut.mtime_o.value.to_unsigned() <= deadline
        dut.skip_i.value = 0
        assert dut.mtime_o.value.to_unsigned() == deadline
        assert left_out > (deadline - 40) // 2 * CLOCKS_PER_TICK
