# SPDX-License-Identifier: Apache-2.0
"""Configuration blocks of the two cores: start addresses, and what the cores are doing."""

from __future__ import annotations

import os

import cocotb
from apb_port import start
from cocotb.handle import SimHandleBase

E907 = os.environ["CORE"] == "e907"
WFI_MODE, START_ADDRESS, WAKE_ENABLE, WAKE_MASK, MODE = 0x4, 0x204, 0x220, 0x224, 0x248


@cocotb.test(skip=not E907)
async def work_mode_is_what_the_core_does(dut: SimHandleBase) -> None:
    """3 is what Linux's stop waits to see gone; 0 while the core is held."""
    port = await start(dut, run_i=0, wfi_i=0)
    assert await port.read(MODE) == 0
    for run, wfi, mode in ((1, 0, 3), (1, 1, 1), (1, 0, 3), (0, 0, 0)):
        dut.run_i.value, dut.wfi_i.value = run, wfi
        assert await port.read(MODE) == mode
    await port.write(MODE, 3)
    assert await port.read(MODE) == 0


@cocotb.test(skip=not E907)
async def boot_address_is_the_boot_rom_until_it_is_written(dut: SimHandleBase) -> None:
    port = await start(dut, run_i=1, wfi_i=0)
    assert dut.boot_address_o.value == int(os.environ["RESET_ADDRESS"], 0)
    await port.write(START_ADDRESS, 0x8100_0000)
    assert dut.boot_address_o.value == 0x8100_0000
    await port.write_bytes(START_ADDRESS + 1, b"\x02\x03")
    assert await port.read(START_ADDRESS) == 0x8103_0200


@cocotb.test(skip=not E907)
async def each_wake_mask_is_its_own(dut: SimHandleBase) -> None:
    port = await start(dut, run_i=1, wfi_i=0)
    for number in range(5):
        await port.write(WAKE_MASK + 4 * number, 0x1111_0000 * (number + 1))
    assert [await port.read(WAKE_MASK + 4 * n) for n in range(5)] == [
        0x1111_0000 * (n + 1) for n in range(5)
    ]
    assert await port.read(WAKE_ENABLE) == 0


@cocotb.test(skip=E907)
async def start_address_reads_back(dut: SimHandleBase) -> None:
    """E907_BOOT waits until it reads other than 0."""
    port = await start(dut, wfi_i=0)
    assert await port.read(START_ADDRESS) == 0
    await port.write(START_ADDRESS, 0x0200_20A0)
    assert await port.read(START_ADDRESS) == 0x0200_20A0
    assert dut.start_address_o.value == 0x0200_20A0


@cocotb.test(skip=E907)
async def status_says_that_the_core_waits(dut: SimHandleBase) -> None:
    port = await start(dut, wfi_i=0)
    await port.write(WFI_MODE, 0xFFFF_FFFF)
    assert await port.read(WFI_MODE) == 1
    assert await port.read(MODE) == 0
    dut.wfi_i.value = 1
    assert await port.read(MODE) == 2
