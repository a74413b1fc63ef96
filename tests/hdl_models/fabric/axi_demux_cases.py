# SPDX-License-Identifier: Apache-2.0
"""cocotb tests of axi_demux with targets that are always ready, as a foreign memory may be."""

from __future__ import annotations

import cocotb
from axi_port import CLOCK_NS
from cocotb.clock import Clock
from cocotb.handle import SimHandleBase
from cocotb.triggers import FallingEdge

BOTH = 0b11
QUIET = (
    "aw_select_i ar_select_i s_axi_awvalid s_axi_wlast s_axi_wvalid s_axi_bready s_axi_arvalid "
    "s_axi_rready m_axi_bid m_axi_bresp m_axi_bvalid m_axi_rid m_axi_rdata m_axi_rresp m_axi_rlast "
    "m_axi_rvalid"
)


async def begin(dut: SimHandleBase) -> None:
    """Reset with both targets ready for everything; the nets are driven at falling edges."""
    for name in QUIET.split():
        getattr(dut, name).value = 0
    for name in ("awready", "wready", "arready"):
        getattr(dut, f"m_axi_{name}").value = BOTH
    dut.rst_ni.value = 0
    Clock(dut.clk_i, CLOCK_NS, unit="ns", impl="gpi").start()
    for _ in range(2):
        await FallingEdge(dut.clk_i)
    dut.rst_ni.value = 1


@cocotb.test()
async def data_of_the_next_burst_waits_for_the_response(dut: SimHandleBase) -> None:
    """After the last W beat no more data passes until B, though the target would take it."""
    await begin(dut)
    dut.s_axi_awvalid.value = 1
    dut.aw_select_i.value = 1
    dut.s_axi_wvalid.value = 1
    dut.s_axi_wlast.value = 1
    await FallingEdge(dut.clk_i)
    assert (dut.m_axi_wvalid.value, dut.s_axi_wready.value) == (0b10, 1)
    dut.aw_select_i.value = 0
    for _ in range(3):
        await FallingEdge(dut.clk_i)
        assert (dut.m_axi_wvalid.value, dut.s_axi_wready.value) == (0, 0)
        assert (dut.m_axi_awvalid.value, dut.s_axi_awready.value) == (0, 0)
    dut.m_axi_bvalid.value = 0b10
    dut.s_axi_bready.value = 1
    await FallingEdge(dut.clk_i)
    assert (dut.m_axi_awvalid.value, dut.s_axi_awready.value) == (0b01, 1)
    await FallingEdge(dut.clk_i)
    assert (dut.m_axi_wvalid.value, dut.s_axi_wready.value) == (0b01, 1)


@cocotb.test()
async def a_read_waits_for_the_last_beat_of_the_one_before(dut: SimHandleBase) -> None:
    """The next address, to another target, passes only after the last R beat."""
    await begin(dut)
    dut.s_axi_arvalid.value = 1
    await FallingEdge(dut.clk_i)
    dut.ar_select_i.value = 1
    dut.s_axi_rready.value = 1
    dut.m_axi_rvalid.value = 0b01
    for _ in range(3):
        await FallingEdge(dut.clk_i)
        assert (dut.m_axi_arvalid.value, dut.s_axi_arready.value) == (0, 0)
        assert (dut.s_axi_rvalid.value, dut.m_axi_rready.value) == (1, 0b01)
    dut.m_axi_rlast.value = 0b01
    await FallingEdge(dut.clk_i)
    assert (dut.m_axi_arvalid.value, dut.s_axi_arready.value) == (0b10, 1)
