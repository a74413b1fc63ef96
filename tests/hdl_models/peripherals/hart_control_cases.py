# SPDX-License-Identifier: Apache-2.0
"""How software holds, boots and resets the remote hart."""

from __future__ import annotations

import cocotb
from apb_port import start
from cocotb.handle import SimHandleBase

CTRL, STATUS, BOOT_LO, BOOT_HI = 0x0, 0x4, 0x8, 0xC
FIRMWARE, OTHER = 0x6E80_0000, 0x4020_0000


@cocotb.test()
async def hart_is_held_until_released(dut: SimHandleBase) -> None:
    port = await start(dut)
    await port.write(BOOT_LO, FIRMWARE)
    assert dut.hart_run_o.value == 0
    assert await port.read(STATUS) == 0
    await port.write(CTRL, 1)
    assert dut.hart_run_o.value == 1
    assert dut.boot_addr_o.value.to_unsigned() == FIRMWARE
    assert await port.read(STATUS) == 0x0001_0001


@cocotb.test()
async def boot_address_is_fixed_while_the_hart_runs(dut: SimHandleBase) -> None:
    port = await start(dut)
    await port.write(BOOT_LO, FIRMWARE)
    await port.write(CTRL, 1)
    await port.write(BOOT_LO, OTHER)
    assert await port.read(BOOT_LO) == FIRMWARE
    await port.write(CTRL, 0)
    await port.write(BOOT_LO, OTHER)
    assert dut.boot_addr_o.value.to_unsigned() == OTHER


@cocotb.test()
async def writing_zero_resets_a_running_hart(dut: SimHandleBase) -> None:
    port = await start(dut)
    for releases in (1, 2, 3):
        await port.write(CTRL, 1)
        assert dut.hart_run_o.value == 1
        await port.write(CTRL, 0)
        assert dut.hart_run_o.value == 0
        assert await port.read(STATUS) == releases << 16


@cocotb.test()
async def releasing_a_running_hart_is_not_another_release(dut: SimHandleBase) -> None:
    port = await start(dut)
    await port.write(CTRL, 1)
    await port.write(CTRL, 1)
    assert await port.read(STATUS) == 0x0001_0001


@cocotb.test()
async def byte_strobes_are_honoured(dut: SimHandleBase) -> None:
    port = await start(dut)
    await port.write_bytes(BOOT_LO + 2, b"\x80\x6e")
    assert await port.read(BOOT_LO) == 0x6E80_0000
    await port.write_bytes(CTRL + 1, b"\x01")
    assert dut.hart_run_o.value == 0
