# SPDX-License-Identifier: Apache-2.0
"""What the user chose to run the RTOS side with, checked before a run."""

from __future__ import annotations

from sim.errors import AmpsimError

# MicroPython and the module of the hart do not start with less.
LEAST_HEAP = 64 << 10


# What MicroPython can compile a module to, the fastest first.
EMITTERS = ("native", "bytecode")


def usable_emitter(rtos: str, heap: int | None, emitter: str | None = None) -> str:
    """Refuse an interpreter that cannot be used, in one line; return the emitter to use.

    ``heap`` is None or in bytes; without an ``emitter`` it is the fastest that the interpreter has.
    """
    if rtos != "micropython":
        for option, value in (("--rtos-heap", heap), ("--rtos-emit", emitter)):
            if value:
                raise AmpsimError(f"{option}: expected --rtos micropython, found --rtos cpython")
        return "bytecode"
    if heap is not None and heap < LEAST_HEAP:
        raise AmpsimError(f"--rtos-heap: expected at least {LEAST_HEAP} bytes, found {heap}")
    from sim.micropython.interpreter import check_micropython

    return check_micropython((emitter,) if emitter else EMITTERS)
