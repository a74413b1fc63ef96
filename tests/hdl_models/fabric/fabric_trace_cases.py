# SPDX-License-Identifier: Apache-2.0
"""Writes what every net of the arbiter's output does, clock by clock, into $FABRIC_TRACE."""

from __future__ import annotations

import os
from pathlib import Path

import cocotb
from axi_port import PAYLOAD, handshake, start
from cocotb.handle import SimHandleBase
from cocotb.triggers import RisingEdge
from fabric_map import MASTERS
from fabric_sharing_cases import all_at_once


async def trace(dut: SimHandleBase, lines: list[str]) -> None:
    channels = [handshake(dut, "joined", channel) for channel in PAYLOAD]
    while True:
        await RisingEdge(dut.clk_i)
        states = []
        for channel in channels:
            payload = [str(net.value) for net in channel.payload] if channel.offered() else []
            states.append(f"{channel.valid.value}{channel.ready.value} {' '.join(payload)}")
        lines.append("; ".join(states))


@cocotb.test()
async def random_traffic(dut: SimHandleBase) -> None:
    """Four masters, all channels hesitating, seeded."""
    ports = await start(dut, *MASTERS)
    lines: list[str] = []
    cocotb.start_soon(trace(dut, lines))
    for number, port in enumerate(ports[:2]):
        port.hesitate(number)
    await all_at_once(ports, seed=3, rounds=5)
    Path(os.environ["FABRIC_TRACE"]).write_text("\n".join(lines) + "\n")
