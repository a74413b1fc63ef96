# SPDX-License-Identifier: Apache-2.0
"""Ways "cocotbext-axi" and "naive", inside the simulator: the traffic through masters in Python."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import RisingEdge, Timer
from cocotb.utils import get_sim_time

from sim.bench.cocotbext_master import CocotbextMaster
from sim.bench.job import Answer, job_from_environment, monotonic_ns, peak_kib
from sim.bench.master_access import Master, access
from sim.bench.naive_master import NaiveMaster
from sim.bench.traffic import WAIT, IdleSpan, Initiator, Software, responder

CLOCK_NS = 10
RESET_CLOCKS = 16


MASTERS: dict[str, Callable[[Any, int], Master]] = {
    "cocotbext": lambda dut, number: CocotbextMaster(dut, f"s{number}_axi", dut.clk_i),
    "naive": NaiveMaster,
}


class PortRun:
    """Drives software through masters: one request after the other, as a core shell does."""

    def __init__(self) -> None:
        self._count = 0

    def transactions(self) -> int:
        """Return the requests on the bus that have ended."""
        return self._count

    @staticmethod
    def clocks() -> int:
        """Return the simulated clocks since time 0."""
        return int(get_sim_time("ns")) // CLOCK_NS

    async def drive(self, software: Software, master: Master, soft: Any) -> None:
        """Send requests out and replies in until ``software`` returns."""
        reply: object = None
        while True:
            try:
                request = software.send(reply)
            except StopIteration:
                return
            if request[0] == WAIT:
                reply = await self._wait(request[1], soft)
            else:
                reply = await access(master, request)
                self._count += 1

    async def _wait(self, clocks: int, soft: Any) -> int:
        if clocks >= 0:
            await Timer(clocks * CLOCK_NS, "ns")
        elif soft.value != 1:
            await RisingEdge(soft)
        return 0


async def _reset(dut: Any, way: str) -> list[Master]:
    """Bring the design up; return the masters, made while the ports are in reset.

    A master that samples a port before its first clock in reset finds X there on Icarus.
    """
    Clock(dut.clk_i, CLOCK_NS, "ns", impl="gpi").start()
    dut.rst_ni.value = 0
    for _ in range(RESET_CLOCKS):
        await RisingEdge(dut.clk_i)
    masters = [MASTERS[way](dut, number) for number in range(2)]
    for _ in range(RESET_CLOCKS):
        await RisingEdge(dut.clk_i)
    dut.rst_ni.value = 1
    await RisingEdge(dut.clk_i)
    return masters


@cocotb.test()
async def measure(dut: Any) -> None:
    """Run the job that the environment names and leave its answer."""
    logging.getLogger("cocotb").setLevel(logging.WARNING)  # a line a burst would cost the most
    job, folder = job_from_environment()
    masters = await _reset(dut, job.way)
    run = PortRun()
    spans = [IdleSpan(name, clocks, lambda: None) for name, clocks in job.idle_clocks.items()]
    found = Initiator(
        job.payloads,
        job.budget_ns,
        clock_ns=monotonic_ns,
        cpu_ns=time.process_time_ns,
        clocks=run.clocks,
        transactions=run.transactions,
        idle=spans,
    )
    error = ""
    answering = cocotb.start_soon(run.drive(responder(), masters[1], dut.soft1_o))
    try:
        await run.drive(found.software(), masters[0], dut.soft0_o)
    except Exception as problem:
        error = f"{type(problem).__name__}: {problem}"
    answering.cancel()
    Answer(
        tuple(found.timings), found.fingerprint, found.first_transaction_ns, peak_kib(), error
    ).save(folder)
