# SPDX-License-Identifier: Apache-2.0
"""Way "bench", inside the simulator: the traffic on core shells through the core port."""

from __future__ import annotations

import time
from typing import Any

import cocotb
from cocotb.triggers import Timer

from sim.bench.job import Answer, Job, job_from_environment, monotonic_ns, peak_kib
from sim.bench.traffic import IdleSpan, Initiator, Software, responder
from sim.core import Hart, core_port
from sim.event_log import EventLog

LOOK_EVERY_US = 50


class ShellRun:
    """The initiator on hart 0, the responder (if it is needed) on hart 1, no other software."""

    def __init__(self, job: Job) -> None:
        self.ended = False
        self.error = ""
        self._port: Any = core_port()
        self._harts = [Hart(index, index) for index in range(2)]
        spans = [self._idle_span(name, clocks) for name, clocks in job.idle_clocks.items()]
        self.initiator = Initiator(
            job.payloads,
            job.budget_ns,
            clock_ns=monotonic_ns,
            cpu_ns=time.process_time_ns,
            clocks=self._port.now,
            transactions=self._transactions,
            idle=spans,
        )
        self._sides = [self.initiator.software, responder][: 2 if job.payloads else 1]
        self._port.configure(
            start=self._start,
            stop=None,
            exit=self._exit,
            records=EventLog().take if job.log else None,
            received=None,
            sent=None,
        )

    def _idle_span(self, name: str, clocks: int) -> IdleSpan:
        return IdleSpan(name, clocks, lambda: self._port.set_skipping(name == "idle"))

    def _transactions(self) -> int:
        return int(self._port.statistics()[1])

    def _start(self, index: int, _address: int) -> Software | None:
        return self._sides[index]() if index < len(self._sides) else None

    def _exit(self, _index: int, error: BaseException | None) -> None:
        """Hart 0 returns when it is done; hart 1 never ends by itself."""
        self.ended = True
        if error is not None:
            self.error = f"{type(error).__name__}: {error}"
        self._port.halt()


@cocotb.test()
async def measure(_dut: object) -> None:
    """Run the job that the environment names and leave its answer."""
    job, folder = job_from_environment()
    run = ShellRun(job)
    while not run.ended:
        await Timer(LOOK_EVERY_US, "us")
    found = run.initiator
    Answer(
        tuple(found.timings), found.fingerprint, found.first_transaction_ns, peak_kib(), run.error
    ).save(folder)
