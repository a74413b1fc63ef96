# SPDX-License-Identifier: Apache-2.0
"""The result of a run on the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from sim.runs.files import RESULT_FILE

_VIOLATIONS = 5
"""How many of them the terminal shows."""
_MEMORY = ("heap_high_water", "heap_limit", "heap_loaded", "firmware", "modules")


def microseconds(nanoseconds: float) -> str:
    """Return a time in µs with the digits that mean something at a clock of 10 ns."""
    return f"{nanoseconds / 1000:.2f}"


def counted(number: int, plural: str) -> str:
    """Return "1 boot", "2 boots"."""
    return f"{number} {plural.removesuffix('s') if number == 1 else plural}"


def print_result(console: Console, result: dict[str, Any], directory: Path) -> None:
    """Print checks, latencies and what the simulation cost."""
    console.print(_checks(result))
    for line in violation_lines(result, directory):
        console.print(line, highlight=False, markup=False)
    if result["latency_ns"]:
        console.print(_latencies(result))
        for line in _splits(result):
            console.print(line, highlight=False)
    if "rtos_memory" in result:
        console.print(_memory(result["rtos_memory"]), highlight=False)
    sim_ms, wall = result["sim_time_ns"] / 1e6, result["wall_time_s"]
    console.print(
        f"{counted(result['messages'], result['unit'])}, {result['bus_transactions']} bus "
        f"transactions in {sim_ms:.3f} ms of simulated time, {wall:.2f} s of wall time"
    )
    console.print(f"event log {result['event_log_sha256']}", highlight=False)
    verdict = "[bold green]passed[/]" if result["passed"] else "[bold red]FAILED[/]"
    console.print(f"{verdict}: {result['scenario']}, seed {result['seed']}, files in {directory}/")


def violation_lines(result: dict[str, Any], directory: Path) -> list[str]:
    """Return what the referee has found, the first of it; or that it was not asked."""
    found = result["violations"]
    if found is None:
        return ["the referee did not look on (--no-referee)"]
    lines = [
        f"{item['severity']}: {item['time_ns'] / 1000:.2f} us, {_where(item)}: {item['rule']}: "
        f"expected {item['expected']}, found {item['found']}"
        for item in found[:_VIOLATIONS]
    ]
    more = len(found) - len(lines)
    return [*lines, f"{more} more in {directory / RESULT_FILE}"] if more > 0 else lines


def _where(item: dict[str, Any]) -> str:
    hart = "" if item["hart"] is None else f"hart {item['hart']}, "
    return f"{hart}{item['address']}"


def _memory(memory: dict[str, Any]) -> str:
    """Say what the RTOS needed of MicroPython's heap, and how large its firmware is."""
    kib = {name: f"{memory[f'{name}_bytes'] / 1024:.0f} KiB" for name in _MEMORY}
    return (
        f"RTOS in MicroPython ({memory['emitter']}): at most {kib['heap_high_water']} alive of a "
        f"heap of {kib['heap_limit']}, {kib['heap_loaded']} when loaded; firmware "
        f"{kib['firmware']}, its {memory['modules']} modules {kib['modules']}"
    )


def _checks(result: dict[str, Any]) -> Table:
    table = Table(box=None, show_header=False)
    for name, check in result["checks"].items():
        mark = "[green]✓[/]" if check["passed"] else "[red]✗[/]"
        table.add_row(mark, name.replace("_", " "), check["reason"])
    return table


def _latencies(result: dict[str, Any]) -> Table:
    table = Table(title="Latency in µs of simulated time", title_justify="left")
    table.add_column("measure")
    for heading in ("count", "min", "mean", "p50", "p99", "max"):
        table.add_column(heading, justify="right")
    for name, item in result["latency_ns"].items():
        times = [
            microseconds(item[key]) for key in ("min", "mean", "p50", "p99", "max") if item["count"]
        ]
        table.add_row(name.replace("_", " "), str(item["count"]), *times)
    return table


def _splits(result: dict[str, Any]) -> list[str]:
    """Say of each mean how much of it the RTL took and how much the timing profile charged."""
    return [
        f"of the mean of {name.replace('_', ' ')}: "
        + ", ".join(f"{part} {microseconds(time)} µs" for part, time in item["of_mean"].items())
        for name, item in result["latency_ns"].items()
        if "of_mean" in item
    ]
