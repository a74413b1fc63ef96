# SPDX-License-Identifier: Apache-2.0
"""The ways of issuing a bus transaction that are measured, and how a process of each is started."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.bench.builds import build_harness, measuring_design
from sim.bench.job import ANSWER_FILE, JOB_FILE, JOB_VARIABLE, Answer, Job, monotonic_ns
from sim.bench.stock import build_stock, stock_start
from sim.build.native import core_port_environment
from sim.build.simulators import build_simulation, start_simulation
from sim.errors import RunError
from sim.runs.process import end_session

LIMIT_S = 300.0
LOG_FILE = "simulator.log"


@dataclass(frozen=True)
class Way:
    """One way: ``key`` in JSON, ``title`` in tables.

    ``top`` is the design, ``module`` what runs inside the simulator; with no module the C++ harness
    runs, on Verilator only. ``stock`` asks for cocotb's own runner and main program; ``port`` is
    the way into the core port where there are core shells.
    """

    key: str
    title: str
    top: str
    module: str = ""
    stock: bool = False
    port: str = "extension"

    def runs_on(self, simulator: str) -> bool:
        """Tell whether this way exists on a simulator."""
        return bool(self.module) or simulator == "verilator"

    def build(self, simulator: str, waves: str | None = None) -> Path:
        """Build what it needs (cached by content); return the folder or program."""
        design = measuring_design(self.top)
        if not self.module:
            return build_harness(design)
        if self.stock:
            return build_stock(design, simulator)
        return build_simulation(design, simulator, waves, port=self.port)


_PORTS_TOP = ("bench_ports", "sim.bench.inside_ports", True)
_SHELLS_TOP = ("bench_shells", "sim.bench.inside_shells")
BENCH = Way("bench", "ampsim: core shells, core port", *_SHELLS_TOP)
CTYPES = Way("ctypes", "  through the ctypes port", *_SHELLS_TOP, port="ctypes")
COCOTB = Way("cocotb", "  through the cocotb port", *_SHELLS_TOP, port="cocotb")
COCOTBEXT = Way("cocotbext", "cocotbext-axi AxiMaster", *_PORTS_TOP)
NAIVE = Way("naive", "cocotb, edge by edge", *_PORTS_TOP)
CPP = Way("cpp", "C++ harness, no Python", "bench_shells")
SOC = Way("soc", "ampsim: the whole SoC", "soc", "sim.bench.inside_shells")
WAYS = {way.key: way for way in (BENCH, CTYPES, COCOTB, COCOTBEXT, NAIVE, CPP, SOC)}


@dataclass(frozen=True)
class Sample:
    """One process: what it answered, and ns from its start to its first bus transaction."""

    answer: Answer
    start_up_ns: int


def run_way(
    simulator: str, job: Job, built: Path, folder: Path, limit_s: float = LIMIT_S
) -> Sample:
    """Run one process of what :meth:`Way.build` has ``built`` in ``folder`` (created).

    Raises :class:`~sim.errors.RunError` when it does not end within ``limit_s`` seconds, dies or
    reads wrong data.
    """
    way = WAYS[job.way]
    where = f"{way.title} on {simulator}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ANSWER_FILE).unlink(missing_ok=True)
    job.save(folder)
    begin, process = _start(way, simulator, built, job, folder)
    try:
        process.wait(limit_s)
    except subprocess.TimeoutExpired as error:
        raise RunError(f"{where}: no answer after {limit_s:g} s") from error
    finally:
        end_session(process)
    answer = Answer.load(folder)
    if answer is None:
        reason = last_words((folder / LOG_FILE).read_text(errors="replace"))
        raise RunError(f"{where}: no answer, exit code {process.returncode}: {reason}")
    if answer.error:
        raise RunError(f"{where}: {answer.error}")
    return Sample(answer, answer.first_transaction_ns - begin)


def last_words(log: str) -> str:
    """Return the last line of a simulator's log that tells of an error, else its last line."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    errors = [line for line in lines if "Error" in line or "error:" in line]
    return (errors or lines or ["it said nothing"])[-1]


def _start(
    way: Way, simulator: str, built: Path, job: Job, folder: Path
) -> tuple[int, subprocess.Popen[bytes]]:
    """Start the process; return the time just before."""
    if way.stock:
        words, environment = stock_start(way.top, simulator, built, way.module, folder)
        told = {**environment, JOB_VARIABLE: str(folder / JOB_FILE)}
        return monotonic_ns(), _spawn(words, told, folder)
    if not way.module:
        told = {**os.environ, **core_port_environment()}
        return monotonic_ns(), _spawn(_harness_words(built, job, folder), told, folder)
    return monotonic_ns(), start_simulation(
        simulator,
        built,
        test_module=way.module,
        directory=folder,
        seed=1,
        environment={JOB_VARIABLE: str(folder / JOB_FILE)},
        port=way.port,
        wave_file=folder / f"waves.{job.waves}" if job.waves else None,
    )


def _harness_words(program: Path, job: Job, folder: Path) -> list[str]:
    words = [str(program), str(folder / ANSWER_FILE), str(job.budget_ns)]
    words.append(",".join(map(str, job.payloads)))
    return words + [f"{name}={clocks}" for name, clocks in job.idle_clocks.items()]


def _spawn(
    words: Sequence[str], environment: Mapping[str, str], folder: Path
) -> subprocess.Popen[bytes]:
    with (folder / LOG_FILE).open("wb") as log:
        return subprocess.Popen(
            words,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
