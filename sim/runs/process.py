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


def end_session(process: subprocess.Popen[bytes]) -> None:
    """Leave nothing of the session that ``process`` leads behind, whatever state it is in.

    A real kernel has its processes in a group of their own; one that it had just made when it was
    killed is stopped, and bound to nobody yet.
    """
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    ended: set[int] = set()
    while late := _session_members(process.pid) - ended:
        for member in late:
            with contextlib.suppress(ProcessLookupError):
                os.kill(member, signal.SIGKILL)
        ended |= late
    process.wait()


def _session_members(session: int) -> set[int]:
    """Return the processes of a session, those that have ended and are not yet waited for, too."""
    members = set()
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(ProcessLookupError):
            if os.getsid(int(entry.name)) == session:
                members.add(int(entry.name))
    return members


def process_start() -> float:
    """Return when the kernel started this process, in monotonic s, to a hundredth of a second."""
    after_name = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    began = int(after_name[19]) / os.sysconf("SC_CLK_TCK")  # since boot: starttime in proc(5)
    return time.monotonic() - (time.clock_gettime(time.CLOCK_BOOTTIME) - began)
