# SPDX-License-Identifier: Apache-2.0
"""The boot log: what each stage did and when, as a file beside the run's result."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sim.core import Hart

FILE = "boot.log"


class BootLog:
    """Lines of boot stages, in the order of simulated time; each is in the file at once.

    ``stages`` are the names of those that have run, in order.
    """

    def __init__(self, path: Path | None, clock_ns: int) -> None:
        self.lines: list[str] = []
        self.stages: list[str] = []
        self._path = path
        self._clock_ns = clock_ns
        if path is not None:
            path.write_text("")

    def say(self, hart: Hart, stage: str, text: str) -> None:
        """Add a line, stamped with the hart's clock."""
        line = f"[{hart.now() * self._clock_ns / 1e9:12.9f}] hart{hart.hart_id} {stage}: {text}"
        self.lines.append(line)
        if self._path is not None:
            with self._path.open("a") as file:
                file.write(f"{line}\n")

    def of(self, hart: Hart, stage: str) -> Callable[[str], None]:
        """Return what a stage on ``hart`` logs with; it also becomes the running thread's name."""
        hart.thread(stage)
        self.stages.append(stage)
        return lambda text: self.say(hart, stage, text)
