# SPDX-License-Identifier: Apache-2.0
"""Word access to the APB slave of a block under test, and its clock and reset."""

from __future__ import annotations

import logging
import warnings

from cocotb.clock import Clock
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, FallingEdge
from cocotbext.axi import ApbBus, ApbMaster

CLOCK_NS = 10

warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"cocotbext\.")


class ApbPort:
    """32-bit reads and writes on `s_apb_*` of `dut`.

    Each returns in the middle of the clock after its last one: outputs show its effect.
    """

    def __init__(self, dut: SimHandleBase, prefix: str = "s_apb") -> None:
        self._master = ApbMaster(ApbBus.from_prefix(dut, prefix), dut.clk_i)
        self._master.log.setLevel(logging.WARNING)
        self._clock = dut.clk_i

    async def read(self, offset: int) -> int:
        response = await self._master.read(offset, 4)
        await FallingEdge(self._clock)
        assert response.resp == 0, f"read of {offset:#x} answered {response.resp!r}"
        return int.from_bytes(response.data, "little")

    async def write(self, offset: int, value: int) -> None:
        await self.write_bytes(offset, value.to_bytes(4, "little"))

    async def write_bytes(self, offset: int, data: bytes) -> None:
        """Write `data` with only its byte strobes set."""
        response = await self._master.write(offset, data)
        await FallingEdge(self._clock)
        assert response.resp == 0, f"write of {offset:#x} answered {response.resp!r}"


async def reset(dut: SimHandleBase) -> None:
    """Two clocks of reset; returns in the middle of the first clock without."""
    dut.rst_ni.value = 0
    await ClockCycles(dut.clk_i, 2)
    dut.rst_ni.value = 1
    await FallingEdge(dut.clk_i)


async def start(dut: SimHandleBase, **inputs: int) -> ApbPort:
    """Start the 100 MHz clock, set `inputs`, reset, and return the block's APB port."""
    for name, value in inputs.items():
        getattr(dut, name).value = value
    dut.rst_ni.value = 0
    port = ApbPort(dut)
    Clock(dut.clk_i, CLOCK_NS, unit="ns").start()
    await reset(dut)
    return port
