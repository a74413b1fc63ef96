# SPDX-License-Identifier: Apache-2.0
"""The ways of issuing a bus transaction that are measured, and how a process of each is started."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from sim.bench.builds import build_harness, build_stock, measuring_design
from sim.bench.job import ANSWER_FILE, JOB_VARIABLE, Answer, Job, monotonic_ns
from sim.errors import RunError
from sim.launch import end_process_group
from sim.simulators import build_simulation, start_simulation

LIMIT_S = 300.0


@dataclass(frozen=True)
class Way:
    """One way: ``key`` in JSON, ``title`` in tables, ``module`` what runs inside the simulator.

    ``top`` is the measuring top; ``stock`` asks for cocotb's own main program on Verilator. No
    module means a program of its own (the C++ harness), on Verilator only.
    """

    key: str
    title: str
    top: str
    module: str = ""
    stock: bool = False

    def runs_on(self, simulator: str) -> bool:
        """Tell whether this way exists on a simulator."""
        return bool(self.module) or simulator == "verilator"

    def build(self, simulator: str, waves: str | None = None) -> Path:
        """Build what it needs (cached by content); return the folder or program."""
        design = measuring_design(self.top)
        if not self.module:
            return build_harness(design)
        if self.stock and simulator == "verilator":
            return build_stock(design)
        return build_simulation(design, simulator, waves)


BENCH = Way("bench", "ampsim: core shells, core port", "bench_shells", "sim.bench.inside_shells")
COCOTBEXT = Way(
    "cocotbext", "cocotbext-axi AxiMaster", "bench_ports", "sim.bench.inside_ports", stock=True
)
NAIVE = Way("naive", "cocotb, edge by edge", "bench_ports", "sim.bench.inside_ports", stock=True)
CPP = Way("cpp", "C++ harness, no Python", "bench_shells")
SOC = Way("soc", "ampsim: the whole SoC", "amp_bench", "sim.bench.inside_shells")
WAYS = {way.key: way for way in (BENCH, COCOTBEXT, NAIVE, CPP, SOC)}


@dataclass(frozen=True)
class Sample:
    """One process: what it answered, and ns from its start to its first bus transaction."""

    answer: Answer
    start_up_ns: int


def run_way(simulator: str, job: Job, folder: Path, limit_s: float = LIMIT_S) -> Sample:
    """Run one process in ``folder`` (created) and return its sample.

    Raises :class:`~sim.errors.RunError` when it does not end within ``limit_s`` seconds, dies or
    reads wrong data.
    """
    way = WAYS[job.way]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ANSWER_FILE).unlink(missing_ok=True)
    file = job.save(folder)
    built = way.build(simulator, job.waves)
    begin = monotonic_ns()
    process = _start(way, simulator, built, job, file)
    where = f"{way.title} on {simulator}"
    try:
        process.wait(limit_s)
    except subprocess.TimeoutExpired as error:
        raise RunError(f"{where}: no answer after {limit_s:g} s") from error
    finally:
        end_process_group(process)
    answer = Answer.load(folder)
    if answer is None:
        log = folder / "simulator.log"
        raise RunError(f"{where}: ended without an answer (exit code {process.returncode}): {log}")
    if answer.error:
        raise RunError(f"{where}: {answer.error}")
    return Sample(answer, answer.first_transaction_ns - begin)


def _start(way: Way, simulator: str, built: Path, job: Job, file: Path) -> subprocess.Popen[bytes]:
    folder = file.parent
    if way.module:
        return start_simulation(
            measuring_design(way.top),
            simulator,
            built,
            test_module=way.module,
            directory=folder,
            seed=1,
            environment={JOB_VARIABLE: str(file), "COCOTB_ANSI_OUTPUT": "0"},
            wave_file=folder / f"waves.{job.waves}" if job.waves else None,
        )
    words = [str(built), str(folder / ANSWER_FILE), str(job.budget_ns)]
    words.append(",".join(map(str, job.payloads)))
    words += [f"{name}={clocks}" for name, clocks in job.idle_clocks.items()]
    with (folder / "simulator.log").open("wb") as log:
        return subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
