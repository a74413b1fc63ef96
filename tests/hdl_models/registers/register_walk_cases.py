# SPDX-License-Identifier: Apache-2.0
"""Walks the registers of a block over its bus and compares them with their specification.

The environment says what to walk: WALK_RDL (file), WALK_ADDRMAP (its top), WALK_TIES (inputs to
hold, "name=value" separated by commas), WALK_PRELUDE (writes after each reset, "offset=value").
"""

from __future__ import annotations

import os
from pathlib import Path

import cocotb
from apb_port import ApbPort, reset, start
from cocotb.handle import SimHandleBase
from register_map import Register, load

WORD_BITS = 32
WORD_MASK = (1 << WORD_BITS) - 1


def _pairs(name: str) -> list[tuple[str, int]]:
    pairs = [item.split("=") for item in os.environ.get(name, "").split(",") if item]
    return [(key, int(value, 0)) for key, value in pairs]


REGISTERS = load(Path(os.environ["WALK_RDL"]), os.environ["WALK_ADDRMAP"])
TIES = dict(_pairs("WALK_TIES"))
PRELUDE = [(int(key, 0), value) for key, value in _pairs("WALK_PRELUDE")]


async def _fresh(dut: SimHandleBase, port: ApbPort) -> None:
    await reset(dut)
    for offset, value in PRELUDE:
        await port.write(offset, value)


async def _read(port: ApbPort, register: Register) -> int:
    value = 0
    for shift in range(0, register.width, WORD_BITS):
        value |= await port.read(register.offset + shift // 8) << shift
    return value


async def _write(port: ApbPort, register: Register, value: int) -> None:
    for shift in range(0, register.width, WORD_BITS):
        await port.write(register.offset + shift // 8, value >> shift & WORD_MASK)


def _compare(register: Register, found: int, expected: int, mask: int, after: str) -> None:
    wrong = (found ^ expected) & mask
    assert not wrong, (
        f"{register.path} @ {register.offset:#x} {after}: "
        f"expected {expected & mask:#x}, found {found & mask:#x}"
    )


@cocotb.test()
async def reset_values(dut: SimHandleBase) -> None:
    """Every readable register has its reset value, reserved bits read 0."""
    port = await start(dut, **TIES)
    for register in filter(lambda each: each.readable, REGISTERS):
        await _fresh(dut, port)
        found = await _read(port, register)
        _compare(register, found, register.reset, register.compared_at_reset, "after reset")


@cocotb.test()
async def written_patterns(dut: SimHandleBase) -> None:
    """RW fields hold what is written, RO fields and reserved bits ignore it, W1C bits clear."""
    port = await start(dut, **TIES)
    for register in filter(lambda each: each.readable, REGISTERS):
        await _fresh(dut, port)
        expected = register.reset
        for pattern in map(register.safe, register.patterns()):
            await _write(port, register, pattern)
            expected = register.after_write(expected, pattern)
            found = await _read(port, register)
            _compare(
                register, found, expected, register.compared_after_write, f"after {pattern:#x}"
            )


# A map that a prelude switches in lies over another one, whose registers fill its gaps.
@cocotb.test(skip=bool(PRELUDE))
async def gaps_read_zero(dut: SimHandleBase) -> None:
    """The word after each register, where none is specified, reads 0 and ignores writes."""
    port = await start(dut, **TIES)
    await _fresh(dut, port)
    taken = {
        register.offset + byte
        for register in REGISTERS
        for byte in range(0, register.width // 8, 4)
    }
    top = 1 << (len(dut.s_apb_paddr))
    gaps = {offset + 4 for offset in taken} - taken
    for offset in sorted(gap for gap in gaps if gap < top):
        await port.write(offset, WORD_MASK)
        found = await port.read(offset)
        assert found == 0, f"nothing is specified at {offset:#x}: expected 0, found {found:#x}"
