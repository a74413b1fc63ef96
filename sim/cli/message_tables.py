# SPDX-License-Identifier: Apache-2.0
"""Tables of ``ampsim messages``: latency of each stage, and where the time of three paths went."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from sim.life import Life, Ring
from sim.life.summary import PathFigures, Split, summarise


def print_life(console: Console, life: Life) -> None:
    """Print the counts, then two tables for every kind of path."""
    for path in summarise(life):
        console.print(_latency_table(path))
        console.print(_blame_table(path))
        console.print(_waiting_line(path))
    console.print(_counts(life))


def _us(value: float) -> str:
    return f"{value / 1000:.2f}"


def _latency_table(path: PathFigures) -> Table:
    table = Table(title=f"{path.name}: stages in µs of simulated time", title_justify="left")
    table.add_column("until")
    for name in ("count", "min", "mean", "p50", "p99", "max"):
        table.add_column(name, justify="right")
    for name, figures in path.stages.items():
        histogram = figures.histogram
        values = [
            histogram.get_min_value(),
            figures.total.total / histogram.total_count,
            histogram.get_value_at_percentile(50),
            histogram.get_value_at_percentile(99),
            histogram.get_max_value(),
        ]
        table.add_row(name, str(histogram.total_count), *map(_us, values))
    table.add_section()
    whole = [path.latencies[0], path.mean_ns, path.quantile(50), path.quantile(99)]
    table.add_row("all", str(path.count), *map(_us, [*whole, path.latencies[-1]]))
    return table


def _blame_table(path: PathFigures) -> Table:
    table = Table(title=f"{path.name}: where the time went, in µs", title_justify="left")
    table.add_column("until")
    columns = {"mean": path.mean, "p99": path.p99, "worst": path.worst}
    for name in columns:
        for part in ("rtl", "profile", "waiting"):
            table.add_column(f"{name}\n{part}", justify="right")
    for stage in path.stages:
        splits = [column.get(stage) for column in columns.values()]
        table.add_row(stage, *[cell for split in splits for cell in _cells(split)])
    table.add_section()
    sums = [_sum(column.values()) for column in columns.values()]
    table.add_row("all", *[cell for split in sums for cell in _cells(split)])
    return table


def _cells(split: Split | None) -> list[str]:
    return ["", "", ""] if split is None else [_us(part) if part else "" for part in split]


def _sum(splits: Iterable[Split]) -> Split:
    return Split(*(sum(parts) for parts in zip(*splits, strict=True)))


def _waiting_line(path: PathFigures) -> str:
    """Say which threads the hart ran instead."""
    waits: dict[tuple[str, str], float] = {}
    for stage, figures in path.stages.items():
        for thread, total in figures.waiting.items():
            waits[stage, thread] = total / path.count
    worst = sorted(waits.items(), key=lambda entry: -entry[1])[:3]
    parts = [f"{_us(ns)} µs for {thread} (until {stage})" for (stage, thread), ns in worst]
    return f"waiting of the mean: {', '.join(parts) or 'none'}\n"


def _counts(life: Life) -> str:
    ways = [sum(message.ring is ring for message in life.messages) for ring in Ring]
    text = f"{ways[Ring.TO_RTOS]} messages to the RTOS, {ways[Ring.TO_LINUX]} to Linux"
    lost = sum(message.lost for message in life.messages)
    odd = sum(exchange.latency != exchange.measured for exchange in life.exchanges)
    unmatched = ", ".join(f"{count} {name}" for name, count in sorted(life.unmatched.items()))
    return (
        f"{text}, {lost} lost; {len(life.exchanges)} round trips, {odd} of them not as measured; "
        f"events without a message: {unmatched or 'none'}"
    )
