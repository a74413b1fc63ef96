# SPDX-License-Identifier: Apache-2.0
"""The progress display of a run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.progress import Progress as Bar

from sim.launch import Listener
from sim.progress import Progress
from sim.run_config import RunConfig


@contextmanager
def follow_run(console: Console, config: RunConfig) -> Iterator[Listener]:
    """Show a bar while the context lasts; yields the listener that moves it."""
    bar = Bar(
        SpinnerColumn(),
        TextColumn(f"[bold]{config.scenario}[/] on {config.board} ({config.simulator})"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TextColumn("{task.fields[time]}  [dim]{task.description}[/]"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
    with bar:
        task = bar.add_task("building", total=config.count or None, time="")

        def listener(progress: Progress) -> None:
            bar.update(
                task,
                completed=progress.done,
                description=progress.stage,
                time=f"{progress.sim_time_ns / 1e6:9.3f} ms simulated",
            )

        yield listener
