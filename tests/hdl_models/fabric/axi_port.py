# SPDX-License-Identifier: Apache-2.0
"""AXI4 masters on a block under test, and its clock and reset."""

from __future__ import annotations

import logging

from cocotb.clock import Clock
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles
from cocotbext.axi import AxiBus, AxiMaster, AxiResp

CLOCK_NS = 10


class AxiPort:
    """Reads and writes of any length on one `<prefix>_*` AXI4 slave port of `dut`."""

    def __init__(self, dut: SimHandleBase, prefix: str) -> None:
        self.master = AxiMaster(AxiBus.from_prefix(dut, prefix), dut.clk_i)
        for part in (self.master.write_if, self.master.read_if):
            part.log.setLevel(logging.WARNING)

    async def read(self, address: int, length: int) -> bytes:
        """Read; fails unless every burst is answered OKAY."""
        answer = await self.master.read(address, length)
        assert answer.resp == AxiResp.OKAY, f"read of {address:#x} answered {answer.resp!r}"
        return answer.data

    async def write(self, address: int, data: bytes) -> None:
        """Write; fails unless every burst is answered OKAY."""
        answer = await self.master.write(address, data)
        assert answer.resp == AxiResp.OKAY, f"write of {address:#x} answered {answer.resp!r}"


async def start(dut: SimHandleBase, prefix: str = "s_axi", **inputs: int) -> AxiPort:
    """Start the 100 MHz clock, set `inputs`, reset, and return the master on `prefix`."""
    for name, value in inputs.items():
        getattr(dut, name).value = value
    dut.rst_ni.value = 0
    Clock(dut.clk_i, CLOCK_NS, unit="ns", impl="gpi").start()
    await ClockCycles(dut.clk_i, 3)
    port = AxiPort(dut, prefix)
    dut.rst_ni.value = 1
    await ClockCycles(dut.clk_i, 2)
    return port
