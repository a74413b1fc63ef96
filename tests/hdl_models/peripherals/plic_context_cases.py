# SPDX-License-Identifier: Apache-2.0
"""A PLIC whose contexts are not those of harts 1, 2, ...: contexts 1 and 2, as on the V821."""

from __future__ import annotations

import cocotb
from apb_port import start
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles

SOURCE, WIRE = 33, 0b010
PRIORITY, ENABLE, TARGET = 4 * SOURCE, 0x2000 + SOURCE // 32 * 4, 0x20_0000
OURS, OTHERS = (1, 2), (0, 3, 4, 8)


@cocotb.test()
async def contexts_have_their_own_registers(dut: SimHandleBase) -> None:
    port = await start(dut, irq_i=0)
    for context in (*OURS, *OTHERS):
        await port.write(ENABLE + 0x80 * context, 0xFFFF_FFFF)
        await port.write(TARGET + 0x1000 * context, context)
    for context in OURS:
        assert await port.read(ENABLE + 0x80 * context) == 0b11
        assert await port.read(TARGET + 0x1000 * context) == context
    for context in OTHERS:
        assert await port.read(ENABLE + 0x80 * context) == 0
        assert await port.read(TARGET + 0x1000 * context) == 0


@cocotb.test()
async def each_context_has_its_line(dut: SimHandleBase) -> None:
    port = await start(dut, irq_i=0)
    await port.write(PRIORITY, 1)
    for line, context in enumerate(OURS):
        await port.write(ENABLE + 0x80 * context, 1 << SOURCE % 32)
        dut.irq_i.value = WIRE
        await ClockCycles(dut.clk_i, 4)
        assert dut.eip_o.value.to_unsigned() == 1 << line
        dut.irq_i.value = 0
        claim = TARGET + 0x1000 * context + 4
        assert await port.read(claim) == SOURCE
        await port.write(claim, SOURCE)
        await port.write(ENABLE + 0x80 * context, 0)
