# SPDX-License-Identifier: Apache-2.0
"""Keeps the simulator and MicroPython on one CPU, as only one of the two ever runs.

A pipe wakes the other process on another CPU many times slower than on its own (measured with two
CPUs on a virtual machine: 84 µs of CPU time a round trip against 12).
"""

from __future__ import annotations

import contextlib
import ctypes
import os


class SameCpu:
    """Holds this process and another on the CPU that this one runs on, until :meth:`release`."""

    def __init__(self, process: int) -> None:
        self._before: set[int] = set()
        with contextlib.suppress(OSError, AttributeError):  # not allowed, or not on this system
            before = os.sched_getaffinity(0)
            cpu = {ctypes.CDLL(None).sched_getcpu()}
            os.sched_setaffinity(process, cpu)
            os.sched_setaffinity(0, cpu)
            self._before = before

    def release(self) -> None:
        """Let this process run on the CPUs that it might run on before."""
        if self._before:
            with contextlib.suppress(OSError):
                os.sched_setaffinity(0, self._before)
