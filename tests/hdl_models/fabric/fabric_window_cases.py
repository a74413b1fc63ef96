# SPDX-License-Identifier: Apache-2.0
"""cocotb tests of the decoder's windows and of the latency of the whole memory path."""

from __future__ import annotations

import random

import cocotb
from axi_port import DECERR, MAX_BURST, OKAY, latency, start
from cocotb.handle import SimHandleBase
from fabric_map import AMP_RAM, DRAM, MASTERS, MPU, NO_DEVICE, NOWHERE, RAM_BYTES


@cocotb.test()
async def the_latency_is_the_documented_one(dut: SimHandleBase) -> None:
    """Lone 8 bytes: read 3 clocks, write 4, from either RAM; MPU registers 7 and 8."""
    port, *_ = await start(dut, *MASTERS)
    assert await latency(dut, port, "s0", DRAM) == (3, 4)
    assert await latency(dut, port, "s0", AMP_RAM) == (3, 4)
    assert await latency(dut, port, "s0", MPU) == (7, 8)
    assert await latency(dut, port, "s0", NOWHERE) == (3, 4)


@cocotb.test()
async def each_window_has_its_own_memory(dut: SimHandleBase) -> None:
    """The first and last words of both RAMs are four different words."""
    port, *_ = await start(dut, *MASTERS)
    places = [base + offset for base in (DRAM, AMP_RAM) for offset in (0, RAM_BYTES - 8)]
    for number, place in enumerate(places):
        await port.write(place, bytes([number] * 8))
    for number, place in enumerate(places):
        assert await port.read(place, 8) == bytes([number] * 8)


@cocotb.test()
async def no_window_is_decerr(dut: SimHandleBase) -> None:
    """Outside every window, in bursts of any length: DECERR, and the path goes on working."""
    port, *_ = await start(dut, *MASTERS)
    for address in (NOWHERE, DRAM + RAM_BYTES, AMP_RAM - 8, AMP_RAM + RAM_BYTES, 0xFFFF_F000):
        for length in (1, 8, 72, MAX_BURST):
            address = min(address, 2**32 - length)
            assert await port.write_response(address, bytes(length)) == DECERR, hex(address)
            assert await port.read_response(address, length) == DECERR, hex(address)
    for address in (NO_DEVICE, 0, DRAM - 8):
        assert await port.write_response(address, bytes(8)) == DECERR, hex(address)
        assert await port.read_response(address, 8) == DECERR, hex(address)
    await port.write(DRAM, b"afterall")
    assert await port.read(DRAM, 8) == b"afterall"


@cocotb.test()
async def refusals_and_accesses_alternate(dut: SimHandleBase) -> None:
    """Random good and bad addresses under hesitation: each is answered as it should be."""
    port, *_ = await start(dut, *MASTERS)
    port.hesitate(1)
    chance = random.Random(2)
    answers = {DRAM: OKAY, AMP_RAM: OKAY, NOWHERE: DECERR, NO_DEVICE: DECERR}
    for _ in range(80):
        base = chance.choice(list(answers))
        beats = 1 if base == NO_DEVICE else chance.randrange(1, 9)
        data = chance.randbytes(beats * 8)
        assert await port.write_response(base, data) == answers[base]
        answer = await port.master.read(base, beats * 8)
        assert answer.resp == answers[base]
        if answer.resp == OKAY:
            assert answer.data == data
