# SPDX-License-Identifier: Apache-2.0
"""Where the simulator and MicroPython run: on a CPU each, or on one when others want the CPUs, too.

Only one of the two ever computes; the other waits for it. With a CPU each the one that waits
reads again and again: a round trip takes 1.4 µs on a virtual machine with two CPUs, where two
switches of processes on one CPU take 7.4 µs, and waking a process that sleeps on another CPU takes
200 µs. But polling takes a CPU from others, and is slow where the two are kept from running by
them. So somebody looks every so often how many processes of the machine want to run.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
from pathlib import Path

# Reads without a result before the simulator sleeps: about a millisecond.
POLLS = 5000

# So many looks in a row have to find that others want the CPUs, or that nobody does any more. Who
# polls in vain looks at once, so that somebody who computes for some milliseconds is seen often.
_CROWDED_LOOKS = 16
_FREE_LOOKS = 3


class Placement:
    """Holds this process and another on CPUs of their own, or on one, until :meth:`release`."""

    def __init__(self, process: int) -> None:
        self._process = process
        self._allowed: set[int] = set()
        self._against = 0
        with contextlib.suppress(OSError, AttributeError):  # not on this system
            self._allowed = os.sched_getaffinity(0)
        self.apart = len(self._allowed) > 1 and _running() <= len(self._allowed)
        self._place()

    @property
    def polls(self) -> int:
        """Reads without a result before the simulator sleeps."""
        return POLLS if self.apart else 0

    def look(self) -> None:
        """Change places if there is a CPU that nobody else wants, or no longer one."""
        if len(self._allowed) < 2:
            return
        # The other one has just got a reply: it may run, or be about to.
        others = _running() - 1 - _runs(self._process)
        crowded = others + 2 > len(self._allowed)
        self._against = self._against + 1 if crowded == self.apart else 0
        if self._against == (_CROWDED_LOOKS if self.apart else _FREE_LOOKS):
            self._against = 0
            self.apart = not self.apart
            self._place()

    def release(self) -> None:
        """Let this process run on the CPUs that it might run on before."""
        if self._allowed:
            with contextlib.suppress(OSError):
                os.sched_setaffinity(0, self._allowed)

    def _place(self) -> None:
        with contextlib.suppress(OSError, AttributeError):  # not allowed, or not on this system
            mine = {ctypes.CDLL(None).sched_getcpu()}
            os.sched_setaffinity(self._process, self._allowed - mine if self.apart else mine)
            os.sched_setaffinity(0, mine)


@functools.cache
def _load() -> int:
    """Return a descriptor of the file with the load: to open it costs more than to read it."""
    return os.open("/proc/loadavg", os.O_RDONLY)


def _runs(process: int) -> bool:
    """Return whether a process runs or wants to; what has ended does not."""
    try:  # 1234 (python) R 1 ...: proc_pid_stat(5)
        stat = Path(f"/proc/{process}/stat").read_bytes()
    except OSError:
        return False
    return stat.rpartition(b") ")[2][:1] == b"R"


def _running() -> int:
    """Return how many processes of this machine run or want to, this one included."""
    # 0.20 0.18 0.12 1/80 11206: proc_loadavg(5)
    return int(os.pread(_load(), 80, 0).split()[3].partition(b"/")[0])
