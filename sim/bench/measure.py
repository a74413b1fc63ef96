# SPDX-License-Identifier: Apache-2.0
"""Takes all samples of a plan, interleaved: one of everything, then the next of everything.

A machine that grows slower or faster while it is being measured does so for all ways alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from sim.bench.figures import Figures, Name
from sim.bench.job import Job
from sim.bench.plan import FEW, Plan
from sim.bench.stack_steps import StackMeasurement, StackStep, stack_steps
from sim.bench.traffic import Timing
from sim.bench.ways import (
    BENCH,
    COCOTB,
    COCOTBEXT,
    CPP,
    CTYPES,
    NAIVE,
    SOC,
    WAYS,
    Sample,
    run_way,
)
from sim.errors import RunError
from sim.runs.waves import best_format

ROUND_TRIPS, CPU_ROUND_TRIPS, TRANSACTION, IDLE, START_UP, PEAK = (
    "round_trips",
    "round_trips_of_cpu_time",
    "transaction_time",
    "idle_clock_time",
    "start_up",
    "peak_memory",
)
SKIPPING, EVERY_CLOCK = "idle", "every clock"

# Clocks that are waited out take about 0.1 s on a quiet machine.
_IDLE_CLOCKS = {
    ("verilator", True): {SKIPPING: 20_000_000, EVERY_CLOCK: 1_000_000},
    ("verilator", False): {EVERY_CLOCK: 100_000},
    ("icarus", True): {SKIPPING: 1_000_000, EVERY_CLOCK: 20_000},
    ("icarus", False): {EVERY_CLOCK: 20_000},
}

Say = Callable[[str], None]


class Step(NamedTuple):
    """One process to run in every repetition: ``variant`` tells apart steps of one way.

    It is run in the first ``at_most`` repetitions, 0: in all.
    """

    simulator: str
    way: str
    variant: str
    job: Job
    at_most: int = 0

    def text(self) -> str:
        """Say what is run."""
        variant = f", {self.variant}" if self.variant else ""
        return f"{WAYS[self.way].title.strip()}{variant} ({self.simulator})"


def payload_text(payload: int) -> str:
    """Return a payload as figures name it."""
    return f"{payload // 1024} KiB" if payload >= 1024 and payload % 1024 == 0 else f"{payload} B"


def steps(plan: Plan) -> list[Step]:
    """Return the processes of one repetition over the measuring tops and the SoC."""
    return [step for simulator in plan.simulators for step in _steps(plan, simulator)]


def _steps(plan: Plan, simulator: str) -> Iterator[Step]:
    def job(way: str, payloads: tuple[int, ...], *, idle: bool = False, **options: object) -> Job:
        skips = way in (BENCH.key, CTYPES.key, CPP.key, SOC.key)
        clocks = _IDLE_CLOCKS[simulator, skips] if idle else {}
        return Job(way, payloads, plan.budget_ns, clocks, **options)  # type: ignore[arg-type]

    for way in (BENCH, CTYPES, COCOTB, COCOTBEXT, NAIVE, CPP):
        if way.runs_on(simulator):
            yield Step(simulator, way.key, "", job(way.key, plan.payloads, idle=True))
    for way in (BENCH, CPP):
        if plan.blocks and way.runs_on(simulator):
            few = FEW if simulator == "icarus" else 0
            yield Step(simulator, way.key, "blocks", job(way.key, plan.blocks), few)
    yield Step(simulator, BENCH.key, "event log", job(BENCH.key, plan.payloads, log=True))
    if plan.waves:
        kind = best_format(simulator)
        yield Step(simulator, BENCH.key, f"{kind} waves", job(BENCH.key, plan.payloads, waves=kind))
    yield Step(simulator, SOC.key, "", job(SOC.key, (), idle=True))


def _due(step: Step | StackStep, repetition: int) -> bool:
    return not step.at_most or repetition < step.at_most


def _turned(todo: list[Step], repetition: int) -> list[Step]:
    """Return the steps with another one first in every repetition."""
    turn = repetition % max(1, len(todo))
    return todo[turn:] + todo[:turn]


class Measurement:
    """Runs a plan; files of the processes go below ``folder``, ``say`` is told what is going on.

    ``figures`` holds what was taken so far, also of a run that was interrupted.
    """

    def __init__(self, plan: Plan, folder: Path, say: Say = lambda text: None) -> None:
        self.figures = Figures()
        self._plan = plan
        self._folder = folder
        self._say = say
        self._built: dict[Step, Path] = {}
        self._fingerprints: dict[tuple[int, ...], tuple[int, str]] = {}
        self._stack = StackMeasurement(self.figures, folder)

    def run(self) -> Figures:
        """Build, then take all samples.

        Raises :class:`~sim.errors.AmpsimError` with one line when something could not be measured,
        when ways have not moved the same data, or runs that must be equal are not.
        """
        todo, stack = steps(self._plan), list(stack_steps(self._plan))
        for step in todo:
            self._say(f"building: {step.text()}")
            self._built[step] = WAYS[step.way].build(step.simulator, step.job.waves)
        for stack_step in stack:
            self._say(f"building: full stack, {stack_step.text()}")
            self._stack.build(stack_step)
        for repetition in range(self._plan.repeat):
            number = f"{repetition + 1} of {self._plan.repeat}"
            for step in _turned(todo, repetition):
                if _due(step, repetition):
                    self._say(f"{number}: {step.text()}")
                    self._take(step)
            for stack_step in stack:
                if _due(stack_step, repetition):
                    self._say(f"{number}: full stack, {stack_step.text()}")
                    self._stack.take(stack_step)
        return self.figures

    def _take(self, step: Step) -> None:
        folder = self._folder / f"{step.simulator}-{step.way}-{step.variant.replace(' ', '-')}"
        sample = run_way(step.simulator, step.job, self._built[step], folder)
        self._same_data(step, sample)
        for timing in sample.answer.timings:
            self._take_timing(step, timing)
        if not step.variant:
            self._add(START_UP, step, "", "ms", sample.start_up_ns / 1e6)
            self._add(PEAK, step, "", "MiB", sample.answer.peak_kib / 1024)

    def _take_timing(self, step: Step, timing: Timing) -> None:
        if not timing.rounds:
            self._add(IDLE, step, timing.name, "ns/clock", timing.wall_ns / timing.clocks)
            return
        parameter = ", ".join(filter(None, (payload_text(timing.payload), step.variant)))
        if step.variant == "blocks":
            parameter = payload_text(timing.payload)
        self._add(ROUND_TRIPS, step, parameter, "1/s", timing.rounds * 1e9 / timing.wall_ns)
        per_cpu_s = timing.rounds * 1e9 / max(1, timing.cpu_ns)
        self._add(CPU_ROUND_TRIPS, step, parameter, "1/s", per_cpu_s)
        each_us = timing.wall_ns / timing.transactions / 1e3
        self._add(TRANSACTION, step, parameter, "us", each_us)

    def _add(self, group: str, step: Step, parameter: str, unit: str, value: float) -> None:
        self.figures.add(Name(group, step.simulator, step.way, parameter, unit), value)

    def _same_data(self, step: Step, sample: Sample) -> None:
        """Refuse ways that have not left the same bytes in the memory after the warm-up."""
        if not step.job.payloads:
            return
        found = (sample.answer.fingerprint, f"{WAYS[step.way].title} on {step.simulator}")
        first = self._fingerprints.setdefault(step.job.payloads, found)
        if found[0] != first[0]:
            raise RunError(
                f"not the same data: memory {first[0]:016x} after {first[1]}, "
                f"{found[0]:016x} after {found[1]}"
            )
