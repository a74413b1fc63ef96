# SPDX-License-Identifier: Apache-2.0
"""cocotb tests of axi_mpu in the memory path: windows, refusals, lock and interrupt."""

from __future__ import annotations

import random

import cocotb
from axi_port import BEAT, MAX_BURST, OKAY, SLVERR, start
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles
from fabric_map import (
    AMP_RAM,
    COUNT,
    DRAM,
    ENABLE,
    INFO_WRITE,
    IRQ_ENABLE,
    LOCK,
    MASTERS,
    MPU,
    NOWHERE,
    STATUS,
    Mpu,
    irq,
)

FIRST, LAST = AMP_RAM + 0x100, AMP_RAM + 0x2FF


@cocotb.test()
async def after_reset_everything_is_allowed(dut: SimHandleBase) -> None:
    """No register needs to be written before the memories can be used."""
    for number, port in enumerate(await start(dut, *MASTERS)):
        await port.write(DRAM + 64 * number, b"allowed!")
        assert await port.read(DRAM + 64 * number, 8) == b"allowed!"
    assert irq(dut) == 0


@cocotb.test()
async def limits_are_inclusive_to_the_byte(dut: SimHandleBase) -> None:
    """The first and last byte of a window are inside, their neighbours outside."""
    ports = await start(dut, *MASTERS)
    await ports[0].write(AMP_RAM, bytes(0x400))
    await Mpu(ports[0]).confine(1, (FIRST, LAST))
    answers = {FIRST - 1: SLVERR, FIRST: OKAY, LAST: OKAY, LAST + 1: SLVERR}
    for address, answer in answers.items():
        assert await ports[1].write_response(address, b"x", size=0) == answer, hex(address)
        assert await ports[1].read_response(address, 1, size=0) == answer, hex(address)
    found = await ports[0].read(AMP_RAM, 0x400)
    assert found == bytes(0x100) + b"x" + bytes(0x1FE) + b"x" + bytes(0x100)


@cocotb.test()
async def an_unaligned_beat_ends_at_its_bus_word(dut: SimHandleBase) -> None:
    """Four bytes in the upper half of a window's last word do not reach over its limit."""
    ports = await start(dut, *MASTERS)
    await Mpu(ports[0]).confine(1, (FIRST, LAST))
    await ports[1].write(LAST - 3, b"last")
    assert await ports[0].read(LAST - 3, 4, size=2) == b"last"


@cocotb.test()
async def a_refused_access_is_answered_in_full_and_does_nothing(dut: SimHandleBase) -> None:
    """Bursts of any length outside: SLVERR, all beats answered with 0, nothing written."""
    ports = await start(dut, *MASTERS)
    content = random.Random(1).randbytes(MAX_BURST)
    await ports[0].write(DRAM, content)
    mpu = Mpu(ports[0])
    await mpu.confine(2, (FIRST, LAST))
    for count, length in enumerate((1, 8, 24, MAX_BURST)):
        assert await ports[2].write_response(DRAM, b"\xff" * length) == SLVERR
        assert await mpu.refusals() == (2 * count + 1, DRAM, INFO_WRITE | 2)
        answer = await ports[2].master.read(DRAM, length)
        assert (answer.resp, answer.data) == (SLVERR, bytes(length))
        assert await mpu.refusals() == (2 * count + 2, DRAM, 2)
    assert await ports[0].read(DRAM, MAX_BURST) == content


@cocotb.test()
async def a_burst_that_leaves_its_window_is_refused_whole(dut: SimHandleBase) -> None:
    """Over the end, over the start, around the window, or over a hole between two windows."""
    ports = await start(dut, *MASTERS)
    content = random.Random(2).randbytes(0x800)
    await ports[0].write(AMP_RAM, content)
    hole = AMP_RAM + 0x200
    await Mpu(ports[0]).confine(3, (FIRST, hole - 1), (hole + 1, AMP_RAM + 0x3FF))
    for address, length in (
        (AMP_RAM + 0x3F8, 16),
        (FIRST - 8, 16),
        (AMP_RAM, 0x800),
        (hole - 16, 32),
        (hole, 1),
    ):
        assert await ports[3].write_response(address, b"\xff" * length) == SLVERR, hex(address)
        assert await ports[3].read_response(address, length) == SLVERR, hex(address)
    assert await ports[0].read(AMP_RAM, 0x800) == content
    for address, length in ((FIRST, 0x100), (hole + 8, 0x1F8)):
        assert await ports[3].write_response(address, bytes(length)) == OKAY, hex(address)


@cocotb.test()
async def each_master_has_its_own_windows(dut: SimHandleBase) -> None:
    """Four masters with a quarter each: everyone reaches its own and nobody else's."""
    ports = await start(dut, *MASTERS)
    for number in (1, 2, 3, 0):
        base = DRAM + 0x100 * number
        await Mpu(ports[0]).confine(number, (base, base + 0xFF))
    for number, port in enumerate(ports):
        for quarter in range(4):
            expected = OKAY if quarter == number else SLVERR
            data = bytes([number + 1]) * BEAT
            assert await port.write_response(DRAM + 0x100 * quarter, data) == expected
        assert await port.read(DRAM + 0x100 * number, 8) == data


@cocotb.test()
async def an_empty_window_lets_nothing_through(dut: SimHandleBase) -> None:
    """A limit below its base; disabling the master's check opens everything again."""
    ports = await start(dut, *MASTERS)
    mpu = Mpu(ports[0])
    await mpu.confine(1)
    assert await ports[1].write_response(DRAM, bytes(8)) == SLVERR
    await mpu.confine(1, control=0)
    assert await ports[1].write_response(DRAM, bytes(8)) == OKAY


@cocotb.test()
async def peripherals_are_not_guarded(dut: SimHandleBase) -> None:
    """A master without any window still reaches registers, the MPU's own for one."""
    ports = await start(dut, *MASTERS)
    await Mpu(ports[0]).confine(1)
    assert await Mpu(ports[1]).read(COUNT) == 0
    assert await ports[1].read_response(NOWHERE, 8) == SLVERR
    assert await Mpu(ports[1]).read(COUNT) == 1


@cocotb.test()
async def a_locked_master_stays_as_it_is(dut: SimHandleBase) -> None:
    """After LOCK neither windows nor control change; other masters' registers do; reset unlocks."""
    ports = await start(dut, *MASTERS)
    mpu = Mpu(ports[0])
    await mpu.confine(1, (FIRST, LAST), control=ENABLE | LOCK)
    await mpu.confine(1, (0, 0xFFFF_FFFF), (0, 0xFFFF_FFFF), control=0)
    await mpu.confine(2, (DRAM, DRAM + 7))
    registers = [await mpu.read(0x120 + offset) for offset in range(0, 0x14, 4)]
    assert registers == [FIRST, LAST, 1, 0, ENABLE | LOCK]
    assert await ports[1].write_response(DRAM, bytes(8)) == SLVERR
    assert await ports[2].write_response(DRAM, bytes(8)) == OKAY
    dut.rst_ni.value = 0
    await ClockCycles(dut.clk_i, 2)
    dut.rst_ni.value = 1
    assert [await mpu.read(0x120 + offset) for offset in range(0, 0x14, 4)] == [0] * 5
    assert await ports[1].write_response(DRAM, bytes(8)) == OKAY


@cocotb.test()
async def the_interrupt_is_a_level(dut: SimHandleBase) -> None:
    """High while STATUS and IRQ_ENABLE are both set; a refusal sets, writing 1 clears STATUS."""
    ports = await start(dut, *MASTERS)
    mpu = Mpu(ports[0])
    await mpu.confine(1)
    await ports[1].read_response(DRAM, 8)
    assert (irq(dut), await mpu.read(STATUS)) == (0, 1)
    await mpu.write(IRQ_ENABLE, 1)
    assert irq(dut) == 1
    await mpu.write(STATUS, 0)
    assert irq(dut) == 1
    await mpu.write(STATUS, 1)
    assert (irq(dut), await mpu.read(STATUS)) == (0, 0)
    await ports[1].write_response(DRAM, bytes(8))
    assert (irq(dut), await mpu.read(STATUS)) == (1, 1)
    await mpu.write(IRQ_ENABLE, 0)
    assert (irq(dut), await mpu.read(STATUS)) == (0, 1)


@cocotb.test()
async def refusals_of_reads_and_writes_at_once_are_both_counted(dut: SimHandleBase) -> None:
    """Both directions in the same clocks: no refusal is lost."""
    ports = await start(dut, *MASTERS)
    mpu = Mpu(ports[0])
    await mpu.confine(1)
    await mpu.confine(2)
    events = []
    for port in ports[1:3]:
        events += [port.master.init_read(DRAM, 8) for _ in range(10)]
        events += [port.master.init_write(DRAM, bytes(8)) for _ in range(10)]
    for event in events:
        await event.wait()
    assert await mpu.read(COUNT) == 40


@cocotb.test()
async def registers_take_bytes(dut: SimHandleBase) -> None:
    """A byte store changes one byte of a window's base."""
    ports = await start(dut, *MASTERS)
    mpu = Mpu(ports[0])
    await mpu.write(0x100, 0x1122_3344)
    await ports[0].write(MPU + 0x102, b"\xaa", size=0)
    assert await mpu.read(0x100) == 0x11AA_3344
