# SPDX-License-Identifier: Apache-2.0
"""Tasks of a test in a booted kernel."""

from __future__ import annotations

from collections.abc import Awaitable, Coroutine
from typing import Any

from host_side.kernel.linux import LinuxKernel
from host_side.kernel.requests import SOFT
from tests.host_side.plain_machine import PlainMachine


class Tasks:
    """Runs coroutines in tasks of the ``kernel`` on a hart of ``machine``."""

    kernel: LinuxKernel
    machine: PlainMachine
    hart = 1
    limit_ns = 10**9

    def start(self, coro: Coroutine[Any, Any, Any]) -> Any:
        """Have a new task run ``coro``; its Task."""
        task = self.kernel.spawn(coro, "test")
        # The test is no interrupt: an IPI makes the idle CPU look at its run queue.
        self.machine.harts[self.hart].lines[0] |= SOFT
        return task

    def call(self, awaitable: Awaitable[Any], limit_ns: int | None = None) -> Any:
        """Run ``awaitable`` in a task to its end; what it raises is raised here."""
        outcome: list[Any] = []

        async def body() -> None:
            try:
                outcome.append((True, await awaitable))
            except Exception as error:
                outcome.append((False, error))

        self.start(body())
        self.machine.run(lambda: outcome, limit_ns or self.limit_ns)
        good, value = outcome[0]
        if not good:
            raise value
        return value

    def settle(self, ns: int = 1_000_000) -> None:
        """Let the machine run for a while."""
        self.machine.run_for(ns)
