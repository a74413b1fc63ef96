# SPDX-License-Identifier: Apache-2.0
"""The report of a measurement: tables on the screen, one JSON object for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from sim.bench import measure, stack_steps
from sim.bench.figures import Figures, Name, Ratio
from sim.bench.plan import FULL_REPEAT, Plan
from sim.bench.ways import WAYS

FORMAT = "ampsim-bench-1"
CLOCK_NS = 10


@dataclass(frozen=True)
class Report:
    """What was measured, where; ``broken`` says why it did not come to its end, if so."""

    machine: dict[str, Any]
    plan: Plan
    figures: Figures
    ratios: Sequence[Ratio]
    broken: str = ""

    def plain(self) -> dict[str, Any]:
        """Return it as a JSON object: ``format, machine, plan, notes, figures, ratios``."""
        return {
            "format": FORMAT,
            "machine": self.machine,
            "plan": self.plan.plain(),
            "notes": self.notes(),
            "figures": self.figures.plain(),
            "ratios": [
                {
                    "name": ratio.name,
                    "above": ratio.above._asdict(),
                    "below": ratio.below._asdict(),
                    "median": ratio.median,
                    "samples": list(ratio.samples),
                }
                for ratio in self.ratios
            ],
        }

    def notes(self) -> list[str]:
        """Return what a reader must know before believing the figures."""
        plan, machine = self.plan, self.machine
        found = [f"not all of it was measured: {self.broken}"] if self.broken else []
        if plan.quick:
            found.append("quick look: fewer payloads, shorter samples, no waves")
        if plan.repeat < FULL_REPEAT:
            text = "repetition" if plan.repeat == 1 else "repetitions"
            found.append(f"{plan.repeat} {text} instead of {FULL_REPEAT}: medians are rough")
        if machine["load_average"] > 0.5 * machine["cores"]:
            found.append(
                f"the machine was busy (load {machine['load_average']} on {machine['cores']} "
                "cores): trust the ratios more than the figures"
            )
        return found


def print_report(console: Console, report: Report) -> None:
    """Print the tables."""
    machine, figures = report.machine, report.figures
    console.print(
        f"{machine['cpu']}, {machine['cores']} cores, Python {machine['python']}, "
        f"cocotb {machine['cocotb']}, Verilator {machine['verilator']}; "
        f"medians of {figures.most} interleaved samples, (n): of n samples",
        highlight=False,
    )
    for simulator in dict.fromkeys(name.simulator for name in figures.names(measure.ROUND_TRIPS)):
        console.print(_ways_table(figures, simulator))
        console.print(_process_table(figures, simulator))
    if list(figures.names(stack_steps.STACK_ROUND_TRIPS)):
        console.print(_stack_table(figures))
        for line in _stack_lines(figures):
            console.print(line, highlight=False)
    console.print(_ratio_table(report.ratios, figures.most))
    for note in report.notes():
        console.print(f"[yellow]note[/]: {note}", highlight=False)


def number(value: float) -> str:
    """Return a figure with three significant digits, thousands in full."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _ways_table(figures: Figures, simulator: str) -> Table:
    """One row a way and variant: a column a payload, time of a transaction."""
    names = list(figures.names(measure.ROUND_TRIPS, simulator))
    payloads = list(dict.fromkeys(name.parameter.partition(", ")[0] for name in names))
    table = _table(f"Echo-like traffic on the same RTL, {simulator}: round trips a second")
    table.add_column("way")
    for payload in payloads:
        table.add_column(payload, justify="right")
    table.add_column(f"µs a transaction\n({payloads[0]})", justify="right")
    subjects = list(dict.fromkeys(name.subject for name in names))
    rows = dict.fromkeys((name.subject, name.parameter.partition(", ")[2]) for name in names)
    for subject, variant in sorted(rows, key=lambda row: subjects.index(row[0])):
        cells = [
            _cell(figures, _variant(names[0], subject, payload, variant)) for payload in payloads
        ]
        first = _variant(names[0], subject, payloads[0], variant)
        cells.append(_cell(figures, first._replace(group=measure.TRANSACTION, unit="us")))
        title = WAYS[subject].title if not variant else f"  with {variant}"
        table.add_row(title, *cells)
    return table


def _variant(name: Name, subject: str, payload: str, variant: str) -> Name:
    parameter = f"{payload}, {variant}" if variant else payload
    return name._replace(subject=subject, parameter=parameter)


def _process_table(figures: Figures, simulator: str) -> Table:
    """Idle clocks, time from the start of the process to its first transaction, its memory."""
    table = _table(f"Idle clocks, start-up with a cached build, memory, {simulator}")
    table.add_column("way")
    for heading in (
        "idle, ns a clock\nclocks left out",
        "idle, ns a clock\nevery clock",
        "idle: simulated\nms a second",
        "start to first\ntransaction, ms",
        "peak\nMiB",
    ):
        table.add_column(heading, justify="right")
    for subject in dict.fromkeys(name.subject for name in figures.names(measure.IDLE, simulator)):
        columns = (
            Name(measure.IDLE, simulator, subject, measure.SKIPPING, "ns/clock"),
            Name(measure.IDLE, simulator, subject, measure.EVERY_CLOCK, "ns/clock"),
            Name(measure.START_UP, simulator, subject, "", "ms"),
            Name(measure.PEAK, simulator, subject, "", "MiB"),
        )
        cells = [_cell(figures, name) for name in columns]
        cells.insert(2, _idle_rate(figures, columns[:2]))
        table.add_row(WAYS[subject].title, *cells)
    return table


def _idle_rate(figures: Figures, names: Sequence[Name]) -> str:
    """Return the simulated ms that pass in a second when nothing happens, at the best."""
    measured = [figures.median(name) for name in names if name in figures]
    return number(1000 * CLOCK_NS / measured[0]) if measured else ""


def _stack_table(figures: Figures) -> Table:
    table = _table("Full stack: ampsim run echo")
    table.add_column("run")
    for heading in (
        "round trips/s",
        "start to first\necho, s",
        "whole run,\ns",
        "whole run,\nCPU s",
        "peak\nMiB",
    ):
        table.add_column(heading, justify="right")
    for name in figures.names(stack_steps.STACK_ROUND_TRIPS):
        boot = name._replace(group=stack_steps.STACK_BOOT, unit="s")
        peak = name._replace(group=stack_steps.STACK_PEAK, unit="MiB")
        wall = name._replace(group=stack_steps.STACK_WALL, unit="s")
        whole = name._replace(group=stack_steps.STACK_WHOLE, unit="s")
        cells = [_cell(figures, item) for item in (name, boot, wall, whole, peak)]
        table.add_row(f"{name.simulator}, {name.parameter}", *cells)
    return table


def _stack_lines(figures: Figures) -> Iterator[str]:
    """Yield the figures of the full stack that are one number each."""
    for name in figures.names(stack_steps.STACK_START):
        yield (
            f"start-up, {name.simulator}: the first bus transaction {_cell(figures, name)} s after "
            "`ampsim run echo` was typed"
        )
    for name in figures.names(stack_steps.STACK_RPBUF):
        yield (
            f"RPBuf, {name.simulator}: {_cell(figures, name)} MB/s in buffers of {name.parameter}, "
            "to the RTOS and back"
        )


def _ratio_table(ratios: Sequence[Ratio], most: int) -> Table:
    table = _table("Ratios (by CPU time; medians of the ratios of neighbouring samples)")
    table.add_column("what")
    table.add_column("where")
    table.add_column("ratio", justify="right")
    table.add_column("least to most", justify="right")
    for ratio in ratios:
        name = ratio.below if ratio.below.parameter.count(",") else ratio.above
        payload = name.parameter.partition(", ")[0] if name.group == measure.CPU_ROUND_TRIPS else ""
        subject = WAYS[name.subject].key if name.group == measure.IDLE else ""
        where = ", ".join(filter(None, (name.simulator, payload, subject)))
        spread = f"{number(min(ratio.samples))} to {number(max(ratio.samples))}"
        table.add_row(ratio.name, where, _counted(ratio.median, ratio.samples, most), spread)
    return table


def _cell(figures: Figures, name: Name) -> str:
    if name not in figures:
        return ""
    return _counted(figures.median(name), figures.samples(name), figures.most)


def _counted(value: float, samples: Sequence[float], most: int) -> str:
    """Return a figure, with the number of its samples where others have more."""
    return number(value) if len(samples) >= most else f"{number(value)} ({len(samples)})"


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left")
