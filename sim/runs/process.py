# SPDX-License-Identifier: Apache-2.0
"""A simulator's process, as long as it runs, and its end."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

from sim.runs.pipes import Pipes


class Started(NamedTuple):
    """A simulator's process, what it sends, and when it began (monotonic s)."""

    process: subprocess.Popen[bytes]
    pipes: Pipes
    begin: float


def end_process_group(process: subprocess.Popen[bytes]) -> None:
    """Leave nothing of the simulator behind, whatever state it is in."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def process_start() -> float:
    """Return when the kernel started this process, in monotonic s, to a hundredth of a second."""
    after_name = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    began = int(after_name[19]) / os.sysconf("SC_CLK_TCK")  # since boot: starttime in proc(5)
    return time.monotonic() - (time.clock_gettime(time.CLOCK_BOOTTIME) - began)
