# SPDX-License-Identifier: Apache-2.0
"""cocotb tests of axi_mpu without an arbiter: one bus master that sends under any ID, unhurried."""

from __future__ import annotations

import logging

import cocotb
from apb_port import ApbPort
from axi_port import OKAY, SLVERR, AxiPort, start
from cocotb.handle import SimHandleBase
from cocotbext.axi import AxiBus, AxiRam
from fabric_map import AMP_RAM, COUNT, DRAM, ENABLE, INFO


async def begin(dut: SimHandleBase) -> tuple[AxiPort, ApbPort]:
    """The master and the registers; master 1 may reach nothing."""
    (port,) = await start(dut, "s")
    memory = AxiRam(AxiBus.from_prefix(dut, "m_axi"), dut.clk_i, size=2**16)
    for part in (memory.write_if, memory.read_if):
        part.log.setLevel(logging.WARNING)
    registers = ApbPort(dut)
    await registers.write(0x120, 1)
    await registers.write(0x128, 1)
    await registers.write(0x130, ENABLE)
    return port, registers


@cocotb.test()
async def a_waiting_address_is_counted_once(dut: SimHandleBase) -> None:
    """Addresses sent ahead of their responses: every refusal counts, and counts once."""
    port, registers = await begin(dut)
    events = []
    for _ in range(10):
        events.append(port.master.init_write(DRAM, bytes(64), awid=1))
        events.append(port.master.init_read(DRAM, 64, arid=1))
    for event in events:
        await event.wait()
        assert event.data.resp == SLVERR
    assert await registers.read(COUNT) == 20


@cocotb.test()
async def allowed_and_refused_bursts_do_not_overtake(dut: SimHandleBase) -> None:
    """Masters 0 and 1 in turn, without waiting: each gets its own answer and its own data."""
    port, _ = await begin(dut)
    await port.write(DRAM, bytes(range(64)), awid=0)
    reads = [port.master.init_read(DRAM, 64, arid=number % 2) for number in range(12)]
    for number, event in enumerate(reads):
        await event.wait()
        expected = (SLVERR, bytes(64)) if number % 2 else (OKAY, bytes(range(64)))
        assert (event.data.resp, event.data.data) == expected, number


@cocotb.test()
async def an_id_without_windows_is_refused(dut: SimHandleBase) -> None:
    """IDs above 3 are of no master: refused in the guarded range, and reported."""
    port, registers = await begin(dut)
    for identifier in (4, 15):
        assert await port.read_response(AMP_RAM, 8, arid=identifier) == SLVERR
        assert await registers.read(INFO) == identifier
        assert await port.read_response(0x1000, 8, arid=identifier) == OKAY
