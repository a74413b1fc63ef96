# SPDX-License-Identifier: Apache-2.0
"""Pulses of the clock enable, with all clocks running and with clocks left out."""

from __future__ import annotations

import random
from itertools import pairwise

import cocotb
from apb_port import CLOCK_NS, reset
from cocotb.clock import Clock
from cocotb.handle import SimHandleBase
from cocotb.triggers import FallingEdge

NUMERATOR, DENOMINATOR = 6, 25


async def _start(dut: SimHandleBase) -> None:
    dut.skip_i.value = 0
    Clock(dut.clk_i, CLOCK_NS, unit="ns").start()
    await reset(dut)


@cocotb.test()
async def pulses_are_evenly_spread(dut: SimHandleBase) -> None:
    await _start(dut)
    pulses = []
    for clock in range(20 * DENOMINATOR):
        await FallingEdge(dut.clk_i)
        if dut.en_o.value == 1:
            pulses.append(clock)
    assert len(pulses) == 20 * NUMERATOR
    assert {later - earlier for earlier, later in pairwise(pulses)} == {4, 5}


@cocotb.test()
async def phase_goes_on_over_clocks_left_out(dut: SimHandleBase) -> None:
    await _start(dut)
    generator = random.Random(24)
    clocks = 0
    for _ in range(500):
        skip = generator.choice((0, 0, 0, 1, 24, generator.randrange(100_000)))
        dut.skip_i.value = skip
        await FallingEdge(dut.clk_i)
        clocks += skip + 1
        expected = clocks * NUMERATOR % DENOMINATOR < NUMERATOR
        assert dut.en_o.value == int(expected), f"clock {clocks}"
