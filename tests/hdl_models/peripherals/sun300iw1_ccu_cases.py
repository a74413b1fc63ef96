# SPDX-License-Identifier: Apache-2.0
"""Resets and clock gates of the V821, used as the boot firmware and Linux use them."""

from __future__ import annotations

import cocotb
from apb_port import start
from cocotb.handle import SimHandleBase

A27_CLOCK, GATING0, RESET0, RESET1, E907_RESET = 0x7C, 0x80, 0x90, 0x94, 0x9C
KEY = 0xA569_0000
A27_CORE, A27_MSGBOX, A27_CFG = 1 << 26, 1 << 27, 1 << 28
RESETS = (
    "e907_rst_no",
    "e907_cfg_rst_no",
    "e907_msgbox_rst_no",
    "spinlock_rst_no",
    "a27_rst_no",
    "a27_cfg_rst_no",
    "a27_msgbox_rst_no",
)


def _released(dut: SimHandleBase) -> set[str]:
    return {name.removesuffix("_rst_no") for name in RESETS if getattr(dut, name).value == 1}


@cocotb.test()
async def the_e907_runs_first(dut: SimHandleBase) -> None:
    await start(dut)
    assert _released(dut) == {"e907", "e907_cfg", "e907_msgbox", "spinlock"}


@cocotb.test()
async def e907_boot_releases_the_a27(dut: SimHandleBase) -> None:
    """The writes of E907_BOOT to this block, in its order."""
    port = await start(dut)
    await port.write(A27_CLOCK, await port.read(A27_CLOCK) & ~(3 << 8) | 1 << 8 | 3 << 6)
    assert await port.read(A27_CLOCK) == 0x1C0
    await port.write(RESET1, await port.read(RESET1) | A27_MSGBOX | A27_CFG)
    assert "a27" not in _released(dut)
    assert {"a27_cfg", "a27_msgbox"} < _released(dut)
    await port.write(RESET1, await port.read(RESET1) | A27_CORE)
    assert "a27" in _released(dut)


@cocotb.test()
async def e907_reset_needs_its_key(dut: SimHandleBase) -> None:
    port = await start(dut)
    for value in (0, 0xA568_0000, 0x5A69_0000, 1 << 31):
        await port.write(E907_RESET, value)
        assert "e907" in _released(dut)
    await port.write(E907_RESET, KEY)
    assert "e907" not in _released(dut)
    assert await port.read(E907_RESET) == 0
    await port.write(E907_RESET, 1)
    assert "e907" not in _released(dut)
    await port.write_bytes(E907_RESET, b"\x01")  # the key is not in these byte lanes
    assert "e907" not in _released(dut)
    await port.write(E907_RESET, KEY | 1)
    assert "e907" in _released(dut)
    assert await port.read(E907_RESET) == 1


@cocotb.test()
async def each_bit_is_one_block(dut: SimHandleBase) -> None:
    port = await start(dut)
    for register, bit, name in (
        (RESET0, 0, "e907_cfg"),
        (RESET0, 2, "e907_msgbox"),
        (RESET0, 4, "spinlock"),
        (RESET1, 26, "a27"),
        (RESET1, 27, "a27_msgbox"),
        (RESET1, 28, "a27_cfg"),
    ):
        await port.write(RESET0, 0)
        await port.write(RESET1, 0)
        assert _released(dut) == {"e907"}
        await port.write(register, 1 << bit)
        assert _released(dut) == {"e907", name}


@cocotb.test()
async def gates_are_kept_and_hold_nobody(dut: SimHandleBase) -> None:
    """Linux takes the E907 for started when its gate is on."""
    port = await start(dut)
    assert await port.read(GATING0) == 0
    before = _released(dut)
    await port.write(GATING0, 1)
    assert await port.read(GATING0) == 1
    assert _released(dut) == before
