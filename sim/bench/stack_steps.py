# SPDX-License-Identifier: Apache-2.0
"""The full-stack runs of a plan, and the figures that each of them leaves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sim.bench.figures import Figures, Name
from sim.bench.full_stack import (
    MASTERS,
    MICROPYTHON,
    RECORDING,
    RPBUF,
    SCENARIO,
    VCD_WINDOW,
    WAVES,
    WINDOW,
    build_stack,
    rpbuf_mb_per_s,
    run_stack,
)
from sim.bench.plan import FEW, LONG_RUN, ONCE, Plan
from sim.bench.typed_command import typed_start_up_s
from sim.errors import RunError

STACK_ROUND_TRIPS = "stack_round_trips"
STACK_CPU = "stack_round_trips_of_cpu_time"
STACK_BOOT = "stack_boot"
STACK_PEAK = "stack_peak_memory"
STACK_WHOLE, STACK_WALL = "stack_whole_cpu_time", "stack_whole_time"
STACK_START = "stack_start_up"
STACK_RPBUF = "stack_rpbuf"
TYPED = "typed as a command"


class StackStep(NamedTuple):
    """One run: messages, and one of :data:`sim.bench.full_stack.STACK_KINDS`.

    Or :data:`TYPED`, for its start-up alone; or ``RPBUF``, where messages are buffers of 64 KiB.
    It is run in the first ``at_most`` repetitions, 0: in all.
    """

    simulator: str
    messages: int
    kind: str
    at_most: int = 0

    def parameter(self) -> str:
        """Return the condition as figures name it."""
        messages = f"{self.messages} messages" if self.messages else ""
        return ", ".join(filter(None, (messages, self.kind)))

    def text(self) -> str:
        """Say what is run."""
        return f"{self.parameter()} ({self.simulator})"


def stack_steps(plan: Plan) -> Iterator[StackStep]:
    """Yield the runs of one repetition; those that are compared stand next to each other."""
    for simulator, counts in plan.echo_counts.items():
        long = simulator == "icarus" and len(plan.echo_counts) > 1  # to boot takes most of it
        yield StackStep(simulator, 0, TYPED, ONCE if long else 0)
        for count in counts:
            yield StackStep(simulator, count, "", ONCE if long or count >= LONG_RUN else 0)
            if simulator == "verilator" and count == plan.options_count:
                yield from _options(plan, simulator)
        if simulator == "verilator" and plan.rpbuf_count:
            yield StackStep(simulator, plan.rpbuf_count, RPBUF)


def _options(plan: Plan, simulator: str) -> Iterator[StackStep]:
    """Yield what is compared with a run without options."""
    if plan.masters_count:
        yield StackStep(simulator, plan.masters_count, MASTERS, FEW)
    yield StackStep(simulator, plan.options_count, RECORDING)
    yield StackStep(simulator, plan.options_count, MICROPYTHON)
    if plan.waves:
        yield StackStep(simulator, plan.options_count, WAVES)
        yield StackStep(simulator, plan.options_count, WINDOW)
    if plan.vcd_window:
        yield StackStep(simulator, plan.options_count, VCD_WINDOW)


class StackMeasurement:
    """Takes full-stack runs; their files go below ``folder``, their samples to ``figures``."""

    def __init__(self, figures: Figures, folder: Path) -> None:
        self._figures = figures
        self._folder = folder
        self._event_logs: dict[tuple[str, str], str] = {}

    def build(self, step: StackStep) -> None:
        """Build what a run needs, so that no sample of it has to."""
        build_stack(step.simulator, step.kind)

    def take(self, step: StackStep) -> None:
        """Run one.

        Raises :class:`~sim.errors.RunError` when runs that must be equal have different event logs.
        """
        name = "-".join((step.simulator, SCENARIO, *step.parameter().replace(",", "").split()))
        folder = self._folder / name
        if step.kind == TYPED:
            seconds = typed_start_up_s(SCENARIO, step.simulator, folder)
            self._figures.add(Name(STACK_START, step.simulator, SCENARIO, "", "s"), seconds)
            return
        if step.kind == RPBUF:
            rate = rpbuf_mb_per_s(step.simulator, step.messages, folder)
            self._figures.add(Name(STACK_RPBUF, step.simulator, "rpbuf", "64 KiB", "MB/s"), rate)
            return
        sample = run_stack(step.simulator, step.messages, folder, step.kind)
        self._same_log(step, sample.event_log)
        for group, unit, value in (
            (STACK_ROUND_TRIPS, "1/s", sample.round_trips_per_s),
            (STACK_CPU, "1/s", sample.round_trips_per_cpu_s),
            (STACK_BOOT, "s", sample.boot_s),
            (STACK_PEAK, "MiB", sample.peak_kib / 1024),
            (STACK_WHOLE, "s", sample.whole_cpu_s),
            (STACK_WALL, "s", sample.whole_s),
        ):
            figure = Name(group, step.simulator, SCENARIO, step.parameter(), unit)
            self._figures.add(figure, value)

    def _same_log(self, step: StackStep, log: str) -> None:
        """Refuse runs whose logs differ: no option changes anything, nor does repetition."""
        kind = step.kind if step.kind == MASTERS else ""
        first = self._event_logs.setdefault((step.simulator, f"{step.messages}{kind}"), log)
        if log != first:
            raise RunError(
                f"{SCENARIO} on {step.simulator}, {step.parameter()}: two equal runs with "
                f"different event logs, {first} and {log}"
            )
