# SPDX-License-Identifier: Apache-2.0
"""Where the time of one echo goes: samples the stacks of a running simulator, C and Python."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from sim.bench.builds import BOARD
from sim.bench.following import child_processes
from sim.bench.full_stack import SCENARIO, Stopwatch, run_stack
from sim.bench.report import number
from sim.bench.stack_samples import Sample, by_function, by_part, read_samples
from sim.errors import RunError
from sim.runs import launch
from sim.runs.prepare import prepare_run
from sim.runs.progress import Progress

COUNT = 20000
RATE_HZ = 250
FUNCTIONS = 20
PLAIN_COUNT = 1000


@dataclass(frozen=True)
class EchoProfile:
    """Samples of a run; they are shares of the CPU µs of one echo in a run without sampling."""

    echo_us: float
    samples: tuple[Sample, ...]

    @property
    def total(self) -> int:
        """Return the number of samples."""
        return sum(sample.seen for sample in self.samples)

    def parts_us(self) -> dict[str, float]:
        """Return the µs of one echo by part."""
        return {part: self._us(count) for part, count in by_part(self.samples).items()}

    def functions_us(self) -> list[tuple[str, str, float]]:
        """Return (part, function, µs of one echo) of the most expensive functions."""
        most = by_function(self.samples, FUNCTIONS)
        return [(part, function, self._us(count)) for part, function, count in most]

    def plain(self) -> dict[str, Any]:
        """Return the profile as a JSON object."""
        functions = [
            {"part": part, "function": function, "us": us}
            for part, function, us in self.functions_us()
        ]
        return {
            "echo_us": self.echo_us,
            "samples": self.total,
            "rate_hz": RATE_HZ,
            "parts_us": self.parts_us(),
            "functions_us": functions,
        }

    def _us(self, count: int) -> float:
        return self.echo_us * count / self.total


class Sampler(Stopwatch):
    """Listener of a run that lets py-spy sample the simulator once messages flow."""

    def __init__(self, output: Path) -> None:
        super().__init__()
        self.output = output
        self.process: subprocess.Popen[bytes] | None = None

    def __call__(self, progress: Progress) -> None:
        """Take the time; start sampling at the first message that is back."""
        if progress.done and self.process is None:
            (simulator,) = child_processes()
            self.process = self._start(simulator)
        super().__call__(progress)

    def _start(self, simulator: int) -> subprocess.Popen[bytes]:
        program = Path(sys.executable).with_name("py-spy")
        words = [str(program), "record", "--native", "--full-filenames", "--format", "raw"]
        words += [
            "--rate",
            str(RATE_HZ),
            "--duration",
            "3600",
            "--output",
            str(self.output),
            "--pid",
            str(simulator),
        ]
        with self.output.with_suffix(".log").open("wb") as log:
            return subprocess.Popen(words, stdout=log, stderr=log, stdin=subprocess.DEVNULL)


def profile_echo(count: int, folder: Path) -> EchoProfile:
    """Echo ``count`` messages on Verilator and sample where the simulator spends its time.

    Raises :class:`~sim.errors.RunError` when py-spy cannot look into the simulator.
    """
    plain = run_stack("verilator", max(PLAIN_COUNT, count // 4), folder / "plain")
    config = prepare_run(SCENARIO, BOARD, "verilator", folder, count=count)
    output = (folder / "stacks.txt").resolve()
    watch = Sampler(output)
    try:
        launch.run(config, folder.resolve(), listener=watch)
    finally:
        if watch.process is not None:
            watch.process.wait(60)
    text = output.read_text() if output.exists() else ""
    samples = tuple(read_samples(text.splitlines()))
    if not samples:
        log = output.with_suffix(".log")
        said = log.read_text(errors="replace").strip() if log.exists() else ""
        reason = said.splitlines()[-1] if said else "it was not started"
        raise RunError(
            f"py-spy took no sample of the simulator ({reason}): it needs the right to trace "
            "processes (root, or kernel.yama.ptrace_scope=0)"
        )
    return EchoProfile(1e6 / plain.round_trips_per_cpu_s, samples)


def print_profile(console: Console, profile: EchoProfile) -> None:
    """Print the two tables."""
    console.print(
        f"{number(profile.echo_us)} µs of CPU time an echo; {profile.total} samples, "
        f"{RATE_HZ} a second of wall time",
        highlight=False,
    )
    parts = Table(title="Where the time of one echo goes", title_justify="left")
    for heading in ("part", "µs", "%"):
        parts.add_column(heading, justify="left" if heading == "part" else "right")
    for part, us in profile.parts_us().items():
        parts.add_row(part, number(us), number(100 * us / profile.echo_us))
    console.print(parts)
    functions = Table(title="The most expensive functions", title_justify="left")
    for heading in ("function", "part", "µs"):
        functions.add_column(heading, justify="right" if heading == "µs" else "left")
    for part, function, us in profile.functions_us():
        functions.add_row(function, part, number(us))
    console.print(functions)
