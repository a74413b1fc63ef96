# SPDX-License-Identifier: Apache-2.0
"""The command of a built simulation, and the process it becomes.

Imports next to nothing: a run's simulator is started before its command has loaded anything else
(:mod:`sim.runs.ahead`).
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, NamedTuple

from sim.runs.files import PARENT_VARIABLE


class Command(NamedTuple):
    """What starts a simulation: its ``words``, and the variables that all of its runs share."""

    words: list[str]
    environment: dict[str, str]

    def start(
        self,
        directory: Path,
        output: int | IO[bytes],
        seed: int,
        *,
        environment: Mapping[str, str],
        pass_fds: tuple[int, ...] = (),
    ) -> subprocess.Popen[bytes]:
        """Start the process in ``directory``; what it prints goes to ``output``.

        It is the leader of a session of its own, so that all of it can be ended at once.
        """
        own = {
            "PYTHONPATH": os.pathsep.join(sys.path),
            "COCOTB_RANDOM_SEED": str(seed),
            PARENT_VARIABLE: str(os.getpid()),
        }
        return subprocess.Popen(
            self.words,
            cwd=directory,
            env={**os.environ, **own, **self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=pass_fds,
        )
