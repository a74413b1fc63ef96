# SPDX-License-Identifier: Apache-2.0
"""AXI4 masters on a block under test, its clock and reset, and a count of clocks."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator
from typing import NamedTuple

import cocotb
from cocotb.clock import Clock
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, RisingEdge
from cocotbext.axi import AxiBurstType, AxiBus, AxiMaster, AxiResp

CLOCK_NS = 10
BEAT = 8  # bytes of a full beat
MAX_BURST = 256 * BEAT
OKAY, SLVERR, DECERR = AxiResp.OKAY, AxiResp.SLVERR, AxiResp.DECERR
FIXED = AxiBurstType.FIXED


class AxiPort:
    """Reads and writes of any length on one `<prefix>_axi_*` AXI4 slave port of `dut`."""

    def __init__(self, dut: SimHandleBase, prefix: str = "s") -> None:
        self.master = AxiMaster(AxiBus.from_prefix(dut, f"{prefix}_axi"), dut.clk_i)
        for part in (self.master.write_if, self.master.read_if):
            part.log.setLevel(logging.WARNING)

    async def read(self, address: int, length: int, **how) -> bytes:
        """Read; fails unless every burst is answered OKAY. `how`: size=, burst=, arid=."""
        answer = await self.master.read(address, length, **how)
        assert answer.resp == OKAY, f"read of {address:#x} answered {answer.resp!r}"
        return answer.data

    async def write(self, address: int, data: bytes, **how) -> None:
        """Write; fails unless every burst is answered OKAY."""
        answer = await self.master.write(address, data, **how)
        assert answer.resp == OKAY, f"write of {address:#x} answered {answer.resp!r}"

    async def read_response(self, address: int, length: int, **how) -> AxiResp:
        """The worst response to a read that may be refused."""
        return (await self.master.read(address, length, **how)).resp

    async def write_response(self, address: int, data: bytes, **how) -> AxiResp:
        """The worst response to a write that may be refused."""
        return (await self.master.write(address, data, **how)).resp

    def hesitate(self, seed: int) -> None:
        """Hold back every channel in about half of the clocks, from now on."""
        write, read = self.master.write_if, self.master.read_if
        channels = (write.aw_channel, write.w_channel, write.b_channel, read.ar_channel)
        for number, channel in enumerate((*channels, read.r_channel)):
            channel.set_pause_generator(_coin(random.Random(seed * 8 + number)))


def _coin(chance: random.Random) -> Iterator[bool]:
    while True:
        yield chance.random() < 0.5


async def start(dut: SimHandleBase, *prefixes: str, **inputs: int) -> list[AxiPort]:
    """Start the 100 MHz clock, set `inputs`, reset, and return a master on each prefix."""
    for name, value in inputs.items():
        getattr(dut, name).value = value
    dut.rst_ni.value = 0
    Clock(dut.clk_i, CLOCK_NS, unit="ns", impl="gpi").start()
    await ClockCycles(dut.clk_i, 3)
    ports = [AxiPort(dut, prefix) for prefix in prefixes]
    dut.rst_ni.value = 1
    await ClockCycles(dut.clk_i, 2)
    return ports


class Handshake(NamedTuple):
    """A valid/ready pair of nets, and the channel's payload."""

    valid: SimHandleBase
    ready: SimHandleBase
    payload: tuple[SimHandleBase, ...] = ()

    def offered(self) -> bool:
        return bool(int(self.valid.value))

    def taken(self) -> bool:
        return self.offered() and bool(int(self.ready.value))


PAYLOAD = {
    "aw": "id addr len size burst",
    "w": "data strb last",
    "b": "id resp",
    "ar": "id addr len size burst",
    "r": "id resp last",  # and data, which may hold X on Icarus
}


def handshake(dut: SimHandleBase, prefix: str, channel: str) -> Handshake:
    """The nets `<prefix>_<channel>*` of `dut`."""
    nets = [getattr(dut, f"{prefix}_{channel}{name}") for name in ("valid", "ready")]
    payload = [getattr(dut, f"{prefix}_{channel}{name}") for name in PAYLOAD[channel].split()]
    return Handshake(*nets, tuple(payload))


async def watch_stability(clock: SimHandleBase, channel: Handshake) -> None:
    """Fail if a valid is taken back or its payload changes before ready (AXI4, A3.2.1)."""
    held = None
    while True:
        await RisingEdge(clock)
        now = [str(net.value) for net in channel.payload] if channel.offered() else None
        if held is not None:
            assert now == held, f"{channel.valid._path}: {held} became {now} before ready"
        held = None if channel.taken() else now


async def count(clock: SimHandleBase, channel: Handshake, seen: list[int]) -> None:
    """Add one to seen[0] at every handshake."""
    while True:
        await RisingEdge(clock)
        seen[0] += channel.taken()


async def clocks(dut: SimHandleBase, prefix: str, first: str, last: str) -> int:
    """Clocks from the first edge at which one valid is high to the first one of another's."""
    begin, end = (getattr(dut, f"{prefix}_axi_{name}valid") for name in (first, last))
    while not int(begin.value):
        await RisingEdge(dut.clk_i)
    waited = 0
    while not int(end.value):
        await RisingEdge(dut.clk_i)
        waited += 1
    return waited


async def latency(dut: SimHandleBase, port: AxiPort, prefix: str, address: int) -> tuple[int, int]:
    """Clocks from arvalid to rvalid and from awvalid to bvalid of lone 8-byte accesses."""
    found = cocotb.start_soon(clocks(dut, prefix, "aw", "b"))
    await port.master.write(address, bytes(BEAT))
    write = await found
    found = cocotb.start_soon(clocks(dut, prefix, "ar", "r"))
    await port.master.read(address, BEAT)
    return await found, write
