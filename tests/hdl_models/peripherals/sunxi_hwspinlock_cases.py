# SPDX-License-Identifier: Apache-2.0
"""Hardware spinlocks: who gets a lock, who frees it, who is told."""

from __future__ import annotations

import random

import cocotb
from apb_port import start
from cocotb.handle import SimHandleBase

SYSTEM_STATUS, STATUS, IRQ_ENABLE, IRQ_STATUS, LOCK = 0x0, 0x10, 0x20, 0x40, 0x100
FREE, TAKEN, LOCKS = 0, 1, 32
LOCKS_32, IN_USE = 0x1000_0000, 0x100


@cocotb.test()
async def first_reader_gets_the_lock(dut: SimHandleBase) -> None:
    port = await start(dut)
    assert await port.read(LOCK + 4 * 7) == FREE
    assert await port.read(LOCK + 4 * 7) == TAKEN
    assert await port.read(LOCK + 4 * 8) == FREE
    assert await port.read(STATUS) == 0b11 << 7
    assert await port.read(SYSTEM_STATUS) == LOCKS_32 | IN_USE


@cocotb.test()
async def writing_zero_frees_and_writing_one_does_nothing(dut: SimHandleBase) -> None:
    port = await start(dut)
    await port.write(LOCK, 1)
    assert await port.read(STATUS) == 0
    await port.read(LOCK)
    await port.write(LOCK, 1)
    assert await port.read(STATUS) == 1
    await port.write(LOCK, 0)
    assert await port.read(STATUS) == 0
    assert await port.read(SYSTEM_STATUS) == LOCKS_32


@cocotb.test()
async def looking_at_the_status_takes_nothing(dut: SimHandleBase) -> None:
    port = await start(dut)
    await port.read(STATUS)
    await port.read(SYSTEM_STATUS)
    assert [await port.read(LOCK + 4 * lock) for lock in range(LOCKS)] == [FREE] * LOCKS
    assert await port.read(STATUS) == 0xFFFF_FFFF


@cocotb.test()
async def freeing_an_enabled_lock_interrupts(dut: SimHandleBase) -> None:
    port = await start(dut)
    await port.write(IRQ_ENABLE, 1 << 31)
    await port.write(LOCK + 4 * 31, 0)  # it was free: nothing to tell
    assert dut.irq_o.value == 0
    for lock in (30, 31):
        await port.read(LOCK + 4 * lock)
        await port.write(LOCK + 4 * lock, 0)
    assert await port.read(IRQ_STATUS) == 1 << 31
    assert dut.irq_o.value == 1
    await port.write(IRQ_STATUS, 1 << 31)
    assert dut.irq_o.value == 0


@cocotb.test()
async def random_accesses_follow_a_set(dut: SimHandleBase) -> None:
    port, generator, taken = await start(dut), random.Random(32), set()
    for _ in range(600):
        lock = generator.randrange(LOCKS)
        if generator.random() < 0.5:
            assert await port.read(LOCK + 4 * lock) == (TAKEN if lock in taken else FREE)
            taken.add(lock)
        else:
            await port.write(LOCK + 4 * lock, 0)
            taken.discard(lock)
        assert await port.read(STATUS) == sum(1 << each for each in taken)
