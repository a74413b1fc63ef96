# SPDX-License-Identifier: Apache-2.0
"""The whole stack (both kernels, RPMsg, SoC) as ``ampsim run echo`` runs it, with a stopwatch.

The same two software sides also run with each hart's requests issued by a master of cocotbext-axi
(sim/bench/masters_stack.py), for comparison.
"""

from __future__ import annotations

import resource
import time
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.bench.builds import BOARD
from sim.bench.following import child_processes
from sim.bench.masters_stack import masters_design, run_on_masters
from sim.bench.stock import build_stock
from sim.boards import load_board
from sim.build.design import soc_design
from sim.build.simulators import build_simulation
from sim.errors import RunError
from sim.runs import launch
from sim.runs.config import RunConfig
from sim.runs.lanes import LanesOfRun, viewers_files
from sim.runs.prepare import prepare_run
from sim.runs.progress import Progress
from sim.runs.waves import WHOLE_RUN, Waves, Window, best_format

SCENARIO = "echo"
MASTERS, WAVES, RECORDING = "on cocotbext-axi masters", "waves", "recording"
WINDOW, VCD_WINDOW = "waves outside of their window", "VCD outside of its window"
MICROPYTHON = "the RTOS in MicroPython"
STACK_KINDS = ("", MASTERS, WAVES, WINDOW, VCD_WINDOW, RECORDING, MICROPYTHON)
RPBUF, RPBUF_BOARD = "rpbuf-blocks", "v821"
_WINDOWS = {WAVES: WHOLE_RUN, WINDOW: Window(0, 1000), VCD_WINDOW: Window(0, 1000)}


@dataclass(frozen=True)
class StackSample:
    """One run: round trips a second of wall time and of the simulator's CPU time once they flow,
    wall s from start to the first message back, the most memory of the simulator process in KiB,
    the event log's digest, and CPU and wall s of the whole run with all that belongs to it:
    starting it, and making its waveform one for people.
    """

    round_trips_per_s: float
    round_trips_per_cpu_s: float
    boot_s: float
    peak_kib: int
    event_log: str
    whole_cpu_s: float
    whole_s: float


class Stopwatch:
    """Listener of a run: when messages came back, and how large the simulator has become.

    The simulator is the only child process while a run is under way.
    """

    def __init__(self) -> None:
        self.peak_kib = 0
        self._begin = time.monotonic()
        self._first: tuple[int, float, float] | None = None
        self._last = (0, 0.0, 0.0)

    def __call__(self, progress: Progress) -> None:
        """Take the time of one progress report."""
        now = time.monotonic()
        children = child_processes()
        self.take(progress.done, now, sum(map(_cpu_s, children)))
        self.peak_kib = max(self.peak_kib, *map(_peak_kib, children), 0)

    def take(self, done: int, now: float, cpu: float) -> None:
        """Note that ``done`` messages were back at ``now`` (s), after ``cpu`` (s) of CPU time."""
        if done and self._first is None:
            self._first = (done, now, cpu)
        self._last = (done, now, cpu)

    def boot_s(self) -> float:
        """Return the seconds to the first message back; 0 when none came."""
        return self._first[1] - self._begin if self._first else 0.0

    def rates(self) -> tuple[float, float]:
        """Return messages a second of wall and of CPU time, from the first report to the last.

        Raises :class:`~sim.errors.RunError` when there were not two reports to tell it from.
        """
        if self._first is None or self._last[0] <= self._first[0]:
            raise RunError(
                f"{SCENARIO}: {self._last[0]} messages ended too soon to take a time: "
                "more messages are needed"
            )
        done, wall, cpu = (b - a for a, b in zip(self._first, self._last, strict=True))
        return done / wall, done / max(cpu, 1e-9)


def build_stack(simulator: str, kind: str = "") -> None:
    """Build what :func:`run_stack` of that ``kind``, or a run of RPBuf, needs (cached)."""
    if kind == MASTERS:
        build_stock(masters_design(BOARD), simulator)
        return
    board = load_board(RPBUF_BOARD if kind == RPBUF else BOARD)
    waves = _format(simulator, kind) if kind in _WINDOWS else None
    build_simulation(soc_design(board), simulator, waves)


def _format(simulator: str, kind: str) -> str:
    return "vcd" if kind == VCD_WINDOW else best_format(simulator)


def run_stack(simulator: str, count: int, folder: Path, kind: str = "") -> StackSample:
    """Echo ``count`` messages over the whole stack.

    ``kind`` is one of :data:`STACK_KINDS`. Raises :class:`~sim.errors.RunError` when the scenario
    fails.
    """
    begin, begin_cpu = time.monotonic(), _all_cpu_s()
    record, rtos = kind == RECORDING, "micropython" if kind == MICROPYTHON else "cpython"
    config = prepare_run(SCENARIO, BOARD, simulator, folder, count=count, record=record, rtos=rtos)
    watch = Stopwatch()
    if kind == MASTERS:
        result = _passed(run_on_masters(config, folder.resolve(), listener=watch))
    else:
        waves = Waves(_format(simulator, kind), _WINDOWS[kind]) if kind in _WINDOWS else None
        result = _run_with_lanes(config, folder.resolve(), waves, watch)
    whole = (_all_cpu_s() - begin_cpu, time.monotonic() - begin)
    log = result["event_log_sha256"]
    return StackSample(*watch.rates(), watch.boot_s(), watch.peak_kib, log, *whole)


def _run_with_lanes(
    config: RunConfig, folder: Path, waves: Waves | None, watch: Stopwatch
) -> dict[str, Any]:
    """Run, with all that ``ampsim run`` does for a waveform."""
    lanes = LanesOfRun.of(config, waves)
    with lanes or nullcontext():
        result = _passed(launch.run(config, folder, waves=waves, listener=watch, onlooker=lanes))
    if lanes is not None:
        viewers_files(folder / result["artifacts"]["waves"], result, lanes)
    return result


def rpbuf_mb_per_s(simulator: str, count: int, folder: Path) -> float:
    """Send ``count`` buffers of 64 KiB to the RTOS and back; return the MB (10**6) a second.

    Both directions are counted, in wall time once they flow. Raises
    :class:`~sim.errors.RunError` when the scenario fails.
    """
    config = prepare_run(RPBUF, RPBUF_BOARD, simulator, folder, count=count)
    watch = Stopwatch()
    result = _passed(launch.run(config, folder.resolve(), listener=watch))
    return watch.rates()[0] * float(result["bytes_moved"]) / count / 1e6


def _passed(result: dict[str, Any]) -> dict[str, Any]:
    """Return the result of a run; RunError when one of its checks has failed."""
    if not result["passed"]:
        failed = [name for name, check in result["checks"].items() if not check["passed"]]
        where = f"{result['scenario']} on {result['simulator']}"
        raise RunError(f"{where}: failed: {', '.join(failed)}")
    return result


def _all_cpu_s() -> float:
    """Return the CPU time of this process and those that it has started and that have ended."""
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _cpu_s(process: int) -> float:
    """Return the CPU time that a process has used, in s; 0 when it has ended."""
    try:
        files = list(Path(f"/proc/{process}/task").glob("*/schedstat"))
        return sum(int(file.read_text().split()[0]) for file in files) / 1e9
    except OSError:
        return 0.0


def _peak_kib(process: int) -> int:
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    peaks = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(peaks[0]) if peaks else 0
