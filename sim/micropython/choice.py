# SPDX-License-Identifier: Apache-2.0
"""What the user chose to run the RTOS side with, checked before a run."""

from __future__ import annotations

from sim.errors import AmpsimError

# MicroPython and the module of the hart do not start with less.
LEAST_HEAP = 64 << 10


def check_interpreter(rtos: str, heap: int | None) -> None:
    """Refuse an interpreter that cannot be used, in one line; ``heap`` is None or in bytes."""
    if rtos != "micropython":
        if heap:
            raise AmpsimError("--rtos-heap: expected --rtos micropython, found --rtos cpython")
        return
    if heap is not None and heap < LEAST_HEAP:
        raise AmpsimError(f"--rtos-heap: expected at least {LEAST_HEAP} bytes, found {heap}")
    from sim.micropython.interpreter import check_micropython

    check_micropython()
