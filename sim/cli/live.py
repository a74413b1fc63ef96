# SPDX-License-Identifier: Apache-2.0
"""The progress display of a run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from sim.runs.config import RunConfig
from sim.runs.progress import Listener, Progress


@contextmanager
def follow_run(config: RunConfig) -> Iterator[Listener]:
    """Show a bar while the context lasts; yields the listener that moves it.

    The bar comes with the first progress. By then the simulator has been started, and its start
    does not wait for the display's library to be imported.
    """
    with ExitStack() as stack:
        shown: list[tuple[Any, Any]] = []

        def listener(progress: Progress) -> None:
            if not shown:
                bar = stack.enter_context(_bar(config))
                shown.append((bar, bar.add_task("", total=config.count or None, time="")))
            bar, task = shown[0]
            bar.update(
                task,
                completed=progress.done,
                description=progress.stage,
                time=f"{progress.sim_time_ns / 1e6:9.3f} ms simulated",
            )

        yield listener


def _bar(config: RunConfig) -> Any:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    return Progress(
        SpinnerColumn(),
        TextColumn(f"[bold]{config.scenario}[/] on {config.board} ({config.simulator})"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TextColumn("{task.fields[time]}  [dim]{task.description}[/]"),
        TimeElapsedColumn(),
        transient=True,
    )
