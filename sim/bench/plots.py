# SPDX-License-Identifier: Apache-2.0
"""Plots of a measurement, as SVG files beside its JSON file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from sim.bench import measure, stack_steps
from sim.bench.figures import Figures, Name, Ratio
from sim.bench.report import number
from sim.bench.ways import WAYS

Draw = Callable[[Figure], None]


def write_plots(json_file: Path, figures: Figures, ratios: Sequence[Ratio]) -> list[Path]:
    """Write the plots that the figures allow; return their files, named after ``json_file``."""
    simulators = dict.fromkeys(name.simulator for name in figures.names(measure.ROUND_TRIPS))
    wanted: dict[str, Draw] = {}
    for simulator in simulators:
        wanted[f"ways-{simulator}"] = partial(_ways, figures=figures, simulator=simulator)
        wanted[f"payload-{simulator}"] = partial(_payload, figures=figures, simulator=simulator)
    counts = [name for name in figures.names(stack_steps.STACK_PEAK) if "," not in name.parameter]
    if len(counts) > 1:
        wanted["messages"] = lambda page: _messages(page, figures, counts)
    costs = [ratio for ratio in ratios if "slower with" in ratio.name]
    if costs:
        wanted["options"] = lambda page: _options(page, costs)
    return [_write(json_file, name, draw) for name, draw in wanted.items()]


def _write(json_file: Path, name: str, draw: Draw) -> Path:
    path = json_file.with_name(f"{json_file.stem}-{name}.svg")
    page = Figure(figsize=(8, 4.5), layout="constrained")
    FigureCanvasSVG(page)
    draw(page)
    page.savefig(path, metadata={"Date": None})
    return path


def _plain(figures: Figures, simulator: str) -> list[Name]:
    """Return the names of round trips without waves, log or other options."""
    names = figures.names(measure.ROUND_TRIPS, simulator)
    return [name for name in names if "," not in name.parameter]


def _bytes(name: Name) -> int:
    value, unit = name.parameter.split()
    return int(value) * (1024 if unit == "KiB" else 1)


def _title(subject: str) -> str:
    return WAYS[subject].title.strip()


def _ways(page: Figure, figures: Figures, simulator: str) -> None:
    """Bars: round trips a second of every way, smallest payload of all."""
    names = _plain(figures, simulator)
    least = min(map(_bytes, names))
    names = [name for name in names if _bytes(name) == least]
    axes: Any = page.subplots()
    values = [figures.median(name) for name in names]
    bars = axes.barh([_title(name.subject) for name in names], values)
    axes.bar_label(bars, [number(value) for value in values], padding=3)
    axes.set_xscale("log")
    axes.set_xlim(1, 8 * max(values))
    axes.invert_yaxis()
    axes.set_xlabel(f"round trips a second, {least} bytes")
    axes.set_title(f"The same traffic on the same RTL, {simulator}")


def _payload(page: Figure, figures: Figures, simulator: str) -> None:
    """Lines: time of a round trip over its payload, one a way."""
    names = _plain(figures, simulator)
    axes: Any = page.subplots()
    sizes = sorted(dict.fromkeys(map(_bytes, names)))
    for subject in dict.fromkeys(name.subject for name in names):
        own = sorted((name for name in names if name.subject == subject), key=_bytes)
        times = [1e6 / figures.median(name) for name in own]
        axes.plot([_bytes(name) for name in own], times, marker="o", label=_title(subject))
    axes.set(xscale="log", yscale="log", xlabel="payload, bytes", ylabel="µs a round trip")
    axes.set_xticks(sizes, [f"{size}" for size in sizes])
    axes.minorticks_off()
    axes.set_title(f"Growth with the payload, {simulator}")
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small")


def _messages(page: Figure, figures: Figures, names: Sequence[Name]) -> None:
    """Two panels: rate and memory of the full stack over the number of messages."""
    counts = [int(name.parameter.split()[0]) for name in names]
    for axes, group, unit, label in zip(
        page.subplots(1, 2),
        (stack_steps.STACK_ROUND_TRIPS, stack_steps.STACK_PEAK),
        ("1/s", "MiB"),
        ("echoes a second of wall time", "peak memory, MiB"),
        strict=True,
    ):
        values = [figures.median(name._replace(group=group, unit=unit)) for name in names]
        axes.plot(counts, values, marker="o")
        axes.set(xscale="log", xlabel="messages", ylabel=label)
        axes.set_ylim(bottom=0)
        axes.grid(alpha=0.3)
    page.suptitle("Full stack: growth with the number of messages")


def _options(page: Figure, costs: Sequence[Ratio]) -> None:
    """Bars: how many times slower an option makes a run."""
    axes: Any = page.subplots()
    labels = [_where(ratio) for ratio in costs]
    bars = axes.barh(labels, [ratio.median for ratio in costs])
    axes.bar_label(bars, [number(ratio.median) for ratio in costs], padding=3)
    axes.axvline(1, color="black", linewidth=0.8)
    axes.margins(x=0.15)
    axes.invert_yaxis()
    axes.set_xlabel("times slower, by CPU time")
    axes.set_title("What an option costs")


def _where(ratio: Ratio) -> str:
    what = ratio.name.replace("times slower with ", "").replace("full stack: ", "")
    scope = ratio.below.parameter.partition(", ")[0]
    return f"{what}, {scope} ({ratio.below.simulator})"
