# SPDX-License-Identifier: Apache-2.0
"""Runs a scenario again and again with the real kernel: ``python -m sim.linux_peer.repeat``.

Every run has to give the same event log and the same kernel console, byte for byte: their sha256
are compared with those of the first. The command ends with 1 at the first run that differs.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from sim.errors import AmpsimError, RunError
from sim.runs import launch
from sim.runs.prepare import prepare_run


class Sums(NamedTuple):
    """The sha256 of what a run has left."""

    event_log: str
    console: str


def repeat(runs: int, run: Callable[[Path], Sums], say: Callable[[str], None]) -> None:
    """Make so many runs, each in a folder of its own; RunError at the first that differs."""
    first: Sums | None = None
    for number in range(1, runs + 1):
        with tempfile.TemporaryDirectory() as folder:
            found = run(Path(folder))
        first = first or found
        for name, expected, value in zip(Sums._fields, first, found, strict=True):
            if value != expected:
                what = name.replace("_", " ")
                raise RunError(f"run {number}: expected {what} {expected}, found {value}")
        say(f"run {number} of {runs}: event log {found.event_log}, console {found.console}")


def run_once(folder: Path, arguments: argparse.Namespace) -> Sums:
    """Make one run in ``folder``; RunError when it has not passed."""
    config = prepare_run(
        arguments.scenario,
        arguments.board,
        arguments.sim,
        folder,
        count=arguments.count,
        rtos=arguments.rtos,
        host="linux",
    )
    result = launch.run(config, folder.resolve())
    if not result["passed"]:
        reasons = "; ".join(check["reason"] for check in result["checks"].values())
        raise RunError(f"{arguments.scenario}: expected it to pass, found {reasons}")
    console = (folder / result["artifacts"]["linux_console"]).read_bytes()
    return Sums(result["event_log_sha256"], hashlib.sha256(console).hexdigest())


def main(words: list[str] | None = None) -> int:
    """Repeat what the words say; 1 if a run differs or fails, 2 for what cannot be run."""
    parser = argparse.ArgumentParser(prog="python -m sim.linux_peer.repeat", description=__doc__)
    parser.add_argument("scenario", nargs="?", default="client-sample")
    parser.add_argument("--runs", type=int, default=40, metavar="N")
    parser.add_argument("--count", type=int, metavar="N")
    parser.add_argument("--board", default="visionfive2")
    parser.add_argument("--sim", default="verilator", choices=("verilator", "icarus"))
    parser.add_argument("--rtos", default="cpython", choices=("cpython", "micropython"))
    arguments = parser.parse_args(words)
    if arguments.runs < 2:
        parser.error(f"--runs: expected at least 2, found {arguments.runs}")
    try:
        repeat(
            arguments.runs,
            lambda folder: run_once(folder, arguments),
            lambda text: print(text, flush=True),
        )
    except AmpsimError as error:
        print(f"repeat: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("repeat: interrupted", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
