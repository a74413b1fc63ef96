# SPDX-License-Identifier: Apache-2.0
"""Ends a simulator together with the process that has started it, also with one that was killed."""

from __future__ import annotations

import ctypes
import os
import signal

from sim.runs.files import PARENT_VARIABLE

FIRST_USER = "sim.inside.parent:end_with_parent"
"""First in ``PYGPI_USERS``: what the simulator's Python does before anything else."""

COCOTBS_USERS = (
    "cocotb_tools._coverage:start_cocotb_library_coverage",
    "cocotb.logging:_configure",
    "cocotb._init:init_package_from_simulation",
    "cocotb.regression:_run_regression",
)
"""What follows where cocotb runs as it comes: its own list (pygpi/entry.py)."""

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def end_with_parent() -> None:
    """Have the kernel end this process when its parent dies; end it if it has died already.

    More exactly, when the thread dies that has started this process: it is one that waits for it.
    """
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    parent = os.environ.get(PARENT_VARIABLE)
    if parent is not None and os.getppid() != int(parent):
        os._exit(1)
