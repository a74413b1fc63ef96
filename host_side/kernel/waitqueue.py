# SPDX-License-Identifier: Apache-2.0
"""Wait queues with predicates and timeouts, and the mutex built on them.

The order of tests is that of ``___wait_event`` (include/linux/wait.h): the condition is tested once
before the task queues itself, then again after every ``prepare_to_wait``, so a condition with
side effects on the bus is evaluated as often as on Linux.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import TypeVar

from host_side.kernel.errors import ERESTARTSYS, LinuxError
from host_side.kernel.requests import schedule
from host_side.kernel.scheduler import Scheduler
from host_side.kernel.task import Task
from host_side.kernel.timers import TimerWheel

T = TypeVar("T")


class WaitQueue:
    """Tasks that wait for one thing; a wake-up makes all of them test their condition again.

    ``what`` and ``where`` say for whoever asks what that thing is (see ``Awaited``).
    """

    holder = None

    def __init__(
        self, scheduler: Scheduler, wheel: TimerWheel, what: str = "", where: str = ""
    ) -> None:
        self.what = what
        self.where = where
        self._scheduler = scheduler
        self._wheel = wheel
        self._waiters: list[Task] = []

    def __len__(self) -> int:
        return len(self._waiters)

    def wake_up(self) -> None:
        """Wake every waiter."""
        if self._waiters:
            waiters, self._waiters = self._waiters, []
            wake = self._scheduler.wake
            for task in waiters:
                wake(task)

    async def wait(
        self,
        predicate: Callable[[], object],
        timeout_ns: int | None = None,
        interruptible: bool = False,
    ) -> bool:
        """Sleep until ``predicate()`` holds: True, or False when ``timeout_ns`` ran out.

        The timeout has the granularity of the timer wheel. With ``interruptible`` a pending signal
        raises LinuxError ERESTARTSYS.
        """
        if predicate():
            return True
        task = self._begin()
        expired = self._arm(task, timeout_ns)
        while True:
            self._prepare(task)
            interrupted = interruptible and task.signal_pending
            if predicate():
                break
            if interrupted or expired():
                self._finish(task, expired)
                if interrupted:
                    raise LinuxError(ERESTARTSYS)
                return False
            await schedule()
        self._finish(task, expired)
        return True

    async def wait_for(
        self,
        attempt: Callable[[], Awaitable[T | None]],
        timeout_ns: int | None = None,
        interruptible: bool = False,
    ) -> T | None:
        """Sleep until ``await attempt()`` is not None and return it; None after the timeout."""
        value = await attempt()
        if value is not None:
            return value
        task = self._begin()
        expired = self._arm(task, timeout_ns)
        while True:
            self._prepare(task)
            interrupted = interruptible and task.signal_pending
            value = await attempt()
            if value is not None or interrupted or expired():
                break
            await schedule()
        self._finish(task, expired)
        if value is None and interrupted:
            raise LinuxError(ERESTARTSYS)
        return value

    def _begin(self) -> Task:
        task = self._scheduler.current
        if task is None:
            raise RuntimeError("waiting is for tasks: there is none to put to sleep here")
        task.waits = self
        return task

    def _prepare(self, task: Task) -> None:
        task.sleeping = True
        if task not in self._waiters:
            self._waiters.append(task)

    def _arm(self, task: Task, timeout_ns: int | None) -> Timeout:
        timeout = Timeout(self._scheduler, self._wheel, task, timeout_ns)
        task.until = timeout.expiry
        return timeout

    def _finish(self, task: Task, expired: Timeout) -> None:
        task.sleeping = False
        task.waits = task.until = None
        expired.cancel()
        if task in self._waiters:
            self._waiters.remove(task)


class Timeout:
    """The timer behind schedule_timeout(): called, it says whether the time has run out."""

    def __init__(
        self, scheduler: Scheduler, wheel: TimerWheel, task: Task, timeout_ns: int | None
    ) -> None:
        self._scheduler = scheduler
        self._task = task
        self._expired = False
        self._timer = None if timeout_ns is None else wheel.add_ns(timeout_ns, self._expire)
        self._wheel = wheel

    def __call__(self) -> bool:
        """The time has run out."""
        return self._expired

    @property
    def expiry(self) -> int | None:
        """The jiffy at which the time runs out, None for never."""
        return None if self._timer is None else self._timer.expiry

    def _expire(self) -> None:
        self._expired = True
        self._scheduler.wake(self._task)

    def cancel(self) -> None:
        """Take the timer off the wheel."""
        if self._timer is not None:
            self._wheel.remove(self._timer)


class Mutex:
    """A sleeping lock that hands over in order of arrival; use it with ``async with``."""

    what = "mutex"

    def __init__(self, scheduler: Scheduler, name: str = "") -> None:
        self.where = name
        self._scheduler = scheduler
        self._owner: Task | None = None
        self._waiters: deque[Task] = deque()

    def locked(self) -> bool:
        """Somebody holds it."""
        return self._owner is not None

    @property
    def holder(self) -> Task | None:
        """Who holds it."""
        return self._owner

    async def __aenter__(self) -> None:
        task = self._scheduler.current
        if self._owner is None:
            self._owner = task
            return
        assert task is not None and task is not self._owner
        self._waiters.append(task)
        task.waits = self
        while self._owner is not task:
            task.sleeping = True
            await schedule()
        task.waits = None

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._owner = self._waiters.popleft() if self._waiters else None
        if self._owner is not None:
            self._scheduler.wake(self._owner)
