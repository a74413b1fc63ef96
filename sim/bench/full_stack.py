# SPDX-License-Identifier: Apache-2.0
"""The whole stack (both kernels, RPMsg, SoC) as ``ampsim run echo`` runs it, with a stopwatch."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from sim import launch
from sim.bench.builds import BOARD
from sim.errors import RunError
from sim.prepare import prepare_run
from sim.progress import Progress

SCENARIO = "echo"


@dataclass(frozen=True)
class StackSample:
    """One run: round trips a second once they flow, wall s from start to the first message back,
    the most memory of the simulator process in KiB, and the event log's digest.
    """

    round_trips_per_s: float
    boot_s: float
    peak_kib: int
    event_log: str


class Stopwatch:
    """Listener of a run: when messages came back, and how large the simulator has become.

    The simulator is the only child process while a run is under way.
    """

    def __init__(self) -> None:
        self.peak_kib = 0
        self._begin = time.monotonic()
        self._first: tuple[int, float] | None = None
        self._last = (0, 0.0)

    def __call__(self, progress: Progress) -> None:
        """Take the time of one progress report."""
        self.take(progress.done, time.monotonic())
        self.peak_kib = max(self.peak_kib, *(_peak_kib(child) for child in _children()), 0)

    def take(self, done: int, now: float) -> None:
        """Note that ``done`` messages were back at ``now`` (s)."""
        if done and self._first is None:
            self._first = (done, now)
        self._last = (done, now)

    def boot_s(self) -> float:
        """Return the seconds to the first message back; 0 when none came."""
        return self._first[1] - self._begin if self._first else 0.0

    def rate(self) -> float:
        """Return messages a second from the first report of one to the last.

        Raises :class:`~sim.errors.RunError` when there were not two reports to tell it from.
        """
        if self._first is None or self._last[0] <= self._first[0]:
            raise RunError(
                f"{SCENARIO}: {self._last[0]} messages ended too soon to take a time: "
                "more messages are needed"
            )
        return (self._last[0] - self._first[0]) / (self._last[1] - self._first[1])


def run_stack(simulator: str, count: int, folder: Path) -> StackSample:
    """Echo ``count`` messages over the whole stack.

    Raises :class:`~sim.errors.RunError` when the scenario fails.
    """
    config = prepare_run(SCENARIO, BOARD, simulator, folder, count=count)
    watch = Stopwatch()
    result = launch.run(config, folder.resolve(), listener=watch)
    if not result["passed"]:
        failed = [name for name, check in result["checks"].items() if not check["passed"]]
        raise RunError(f"{SCENARIO} on {simulator}: failed: {', '.join(failed)}")
    return StackSample(watch.rate(), watch.boot_s(), watch.peak_kib, result["event_log_sha256"])


def _children() -> list[int]:
    tasks = Path(f"/proc/{os.getpid()}/task")
    files = [task / "children" for task in tasks.iterdir()]
    return [int(word) for file in files if file.exists() for word in file.read_text().split()]


def _peak_kib(process: int) -> int:
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    peaks = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(peaks[0]) if peaks else 0
