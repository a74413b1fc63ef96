# SPDX-License-Identifier: Apache-2.0
"""A task of the kernel: a coroutine with a state, a name and a pid."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any


class Task:
    """What the scheduler knows of a kernel thread or a user process."""

    __slots__ = (
        "coro",
        "exited",
        "fault",
        "name",
        "on_queue",
        "on_sleep",
        "pid",
        "reply",
        "result",
        "signal_pending",
        "sleeping",
        "user",
        "woken",
    )

    def __init__(self, coro: Coroutine[Any, Any, Any], name: str, pid: int, user: bool) -> None:
        self.coro = coro
        self.name = name
        self.pid = pid
        self.user = user
        """A user process: returning from sleep also costs ``wake_to_run``."""
        self.sleeping = False
        """Marked to sleep (TASK_INTERRUPTIBLE): the next ``schedule()`` takes it off the CPU."""
        self.on_queue = False
        self.woken = False
        self.signal_pending = False
        self.exited = False
        self.reply: Any = None
        self.fault: BaseException | None = None
        self.result: Any = None
        self.on_sleep: Callable[[], None] | None = None
        """Called when the task leaves the CPU to sleep (what keeps a worker pool running)."""

    def __repr__(self) -> str:
        return f"<Task {self.pid} {self.name}>"
