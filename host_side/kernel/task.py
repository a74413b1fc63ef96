# SPDX-License-Identifier: Apache-2.0
"""A task of the kernel: a coroutine with a state, a name and a pid."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from host_side.kernel.requests import SEND


class Awaited(Protocol):
    """What tasks sleep for, a wait queue or a lock, as one can read it from outside."""

    what: str
    """Kind of thing: "message", "tx buffer", "mutex" ..., "" when nobody has said."""
    where: str
    """Which one, for example the path of a device."""

    @property
    def holder(self) -> Task | None:
        """The task that has it, where one has."""


class Task:
    """What the scheduler knows of a kernel thread or a user process."""

    __slots__ = (
        "coro",
        "exited",
        "looks_for",
        "name",
        "on_queue",
        "on_sleep",
        "pid",
        "result",
        "resume",
        "signal_pending",
        "since",
        "sleeping",
        "until",
        "user",
        "waits",
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
        self.resume: tuple[int, Any] = (SEND, None)
        """How it runs on, with which value."""
        self.result: Any = None
        self.waits: Awaited | None = None
        """What it sleeps for; None in a sleep that only a time ends."""
        self.until: int | None = None
        """The jiffy at which that sleep ends in any case."""
        self.since = 0
        """Clock at which it went to sleep last."""
        self.looks_for: tuple[str, str] | None = None
        """What it looks for again and again with sleeps in between: what, and where."""
        self.on_sleep: Callable[[], None] | None = None
        """Called when the task leaves the CPU to sleep (what keeps a worker pool running)."""

    def __repr__(self) -> str:
        return f"<Task {self.pid} {self.name}>"
