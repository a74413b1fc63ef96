# SPDX-License-Identifier: Apache-2.0
"""What one process of a measurement is told and what it answers, as JSON files in its folder."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sim.bench.traffic import Timing

JOB_FILE = "job.json"
ANSWER_FILE = "answer.json"
JOB_VARIABLE = "AMPSIM_BENCH_JOB"


@dataclass(frozen=True, eq=False)
class Job:
    """One process: ``way`` is a name of :data:`sim.bench.ways.WAYS`.

    ``payloads`` in bytes, ``budget_ns`` of wall time for each, ``idle_clocks`` for each idle span
    (name to clocks; clocks may be left out in the one named ``idle`` alone). ``log`` keeps the
    event log's digest up as a run of the bench does, ``waves`` records a waveform (fst or vcd).
    """

    way: str
    payloads: tuple[int, ...]
    budget_ns: int
    idle_clocks: Mapping[str, int] = field(default_factory=dict)
    log: bool = False
    waves: str | None = None

    def save(self, folder: Path) -> Path:
        """Write the job into its folder; return the file."""
        path = folder / JOB_FILE
        path.write_text(json.dumps(asdict(self), indent=2) + "\n")
        return path

    @classmethod
    def load(cls, path: Path) -> Job:
        """Read a job written by :meth:`save`."""
        fields = json.loads(path.read_text())
        return cls(**{**fields, "payloads": tuple(fields["payloads"])})


@dataclass(frozen=True)
class Answer:
    """What a process found; ``error`` is one line when it broke down, else empty.

    ``fingerprint`` is that of the memory after the warm-up, ``first_transaction_ns`` stands on the
    machine's monotonic clock, ``peak_kib`` is the most memory the process has had resident.
    """

    timings: tuple[Timing, ...] = ()
    fingerprint: int = 0
    first_transaction_ns: int = 0
    peak_kib: int = 0
    error: str = ""

    def save(self, folder: Path) -> None:
        """Write the answer into the job's folder."""
        (folder / ANSWER_FILE).write_text(json.dumps(asdict(self)) + "\n")

    @classmethod
    def load(cls, folder: Path) -> Answer | None:
        """Read the answer, None when there is none."""
        path = folder / ANSWER_FILE
        if not path.exists():
            return None
        fields: dict[str, Any] = json.loads(path.read_text())
        timings = tuple(Timing(**timing) for timing in fields.pop("timings", ()))
        return cls(timings=timings, **fields)


def job_from_environment() -> tuple[Job, Path]:
    """Return the job that the environment names, and its folder."""
    path = Path(os.environ[JOB_VARIABLE])
    return Job.load(path), path.parent


def monotonic_ns() -> int:
    """Return the machine's monotonic clock in ns: the same in all its processes."""
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC)


def peak_kib() -> int:
    """Return the most memory this process has had resident, in KiB.

    ``ru_maxrss`` would not do: it starts with the size of the process that has forked this one.
    """
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return 0
