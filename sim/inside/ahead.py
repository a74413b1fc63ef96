# SPDX-License-Identifier: Apache-2.0
"""The simulator's end of :mod:`sim.runs.ahead`: waits to be told what to run."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from sim.runs.files import AHEAD_VARIABLE, LOG_FILE, RUN_VARIABLE


def run_file() -> Path:
    """Return the file that describes the run, from the environment, or from who tells it later.

    What has been printed up to then goes to the run's log, as does what follows.
    """
    named = os.environ.get(RUN_VARIABLE)
    if named is not None:
        return Path(named)
    with open(int(os.environ[AHEAD_VARIABLE]), "rb") as pipe:  # noqa: PTH123 - a descriptor
        told = Path(os.fsdecode(pipe.read()))
    if not told.name:
        os._exit(1)  # nobody needs this process
    os.chdir(told.parent)
    _move_output(told.parent / LOG_FILE)
    return told


def _move_output(log: Path) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    with log.open("wb", buffering=0) as file:
        file.write(os.pread(1, os.fstat(1).st_size, 0))
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
