# SPDX-License-Identifier: Apache-2.0
"""One CPU of the kernel: its hart, its interrupt mask and the CPU time it charges by name."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from types import coroutine

from host_side.kernel.requests import EXT, SOFT, WAIT, Hart, Request

REQUIRED_COSTS = (
    "irq_entry",
    "irq_exit",
    "m_trap",
    "sbi_call",
    "tick",
    "tick_softirq_min",
    "tick_softirq_max",
    "ipi_dispatch",
    "work_wake",
    "context_switch",
    "syscall",
    "wake_to_run",
    "copy",
    "rpmsg_call",
    "app_loop",
)
"""Cost names (clock cycles each) that a board's timing profile has to give."""


class CostError(Exception):
    """The timing profile lacks a cost, or one is not a number of cycles."""


def checked_costs(costs: Mapping[str, int]) -> dict[str, int]:
    """The profile as a dict of cycles; CostError names everything that is wrong with it."""
    missing = [name for name in REQUIRED_COSTS if name not in costs]
    if missing:
        raise CostError(f"timing profile lacks the Linux costs {', '.join(missing)}")
    for name, cycles in costs.items():
        if isinstance(cycles, bool) or not isinstance(cycles, int) or cycles < 0:
            raise CostError(f"cost {name}: expected cycles (an integer >= 0), found {cycles!r}")
    if costs["tick_softirq_min"] > costs["tick_softirq_max"]:
        raise CostError(
            f"cost tick_softirq_min ({costs['tick_softirq_min']}) is above"
            f" tick_softirq_max ({costs['tick_softirq_max']})"
        )
    return dict(costs)


class Cpu:
    """A logical CPU.

    ``enabled`` holds the lines whose interrupts are enabled, ``mask[0]`` those that may interrupt
    it now, which the hart looks at: all of ``enabled`` in tasks and softirqs, none in interrupt
    handlers and in M-mode.
    """

    def __init__(self, number: int, hart: Hart, costs: Mapping[str, int]) -> None:
        self.number = number
        self.hart = hart
        self.lines = hart.lines
        self.enabled = SOFT | EXT
        self.mask = hart.mask
        self.mask[0] = self.enabled
        self.costs = costs
        self.online = False

    def span(self, name: str) -> Request:
        """The request for cost ``name`` where nothing interrupts; None if it is free.

        For what runs with interrupts off and is charged often: made once, yielded each time.
        """
        cycles = self.costs[name]
        return (WAIT, cycles, 0) if cycles else None

    @coroutine
    def spend(self, name: str) -> Generator[Request, int, None]:
        """Let the CPU time of cost ``name`` pass; interrupts taken meanwhile come on top."""
        left = self.costs[name]
        while left:
            left = yield (WAIT, left, self.mask[0])

    @coroutine
    def spend_cycles(self, cycles: int) -> Generator[Request, int, None]:
        """Let ``cycles`` of CPU time pass; interrupts taken meanwhile come on top."""
        while cycles:
            cycles = yield (WAIT, cycles, self.mask[0])
