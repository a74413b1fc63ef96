# SPDX-License-Identifier: Apache-2.0
"""The scheduler of the boot CPU: it has the hart run one task at a time.

What a task asks for goes to the bus. The hart samples the interrupts of the CPU's mask after every
reply, so a task is preempted between any two bus cycles. A task
woken by an interrupt runs when that interrupt returns (the wake-up preemption a sleeper gets from
CFS), unless ``preemptive`` is off; one woken by a task runs when that task sleeps; the tick makes
equals take turns.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from host_side.kernel.cpu import Cpu
from host_side.kernel.errors import KernelOops
from host_side.kernel.requests import ASKS, ENDED, RUN, SEND, WAIT, Steps
from host_side.kernel.task import Task

IDLE_NAME = "swapper/0"


class Scheduler:
    """Run queue of one CPU. ``service`` is the interrupt service (a generator)."""

    def __init__(self, cpu: Cpu, service: Callable[[], Steps]) -> None:
        self.cpu = cpu
        self.current: Task | None = None
        self.in_interrupt = False
        self.need_resched = False
        self.preemptive = True
        """Whether a task woken by an interrupt gets the CPU from one that runs in the kernel."""
        self.tasks: dict[int, Task] = {}
        self.on_crash: Callable[[Task, KernelOops], None] = _reraise
        self.on_exit: Callable[[Task], None] = lambda task: None
        self._service = service
        self._woken: deque[Task] = deque()
        self._queue: deque[Task] = deque()
        self._turn = False
        self._last: Task | None = None
        self._next_pid = 1
        self._switch_span = cpu.span("context_switch")
        self._wake_span = cpu.span("wake_to_run")

    def spawn(self, coro: Coroutine[Any, Any, Any], name: str, user: bool = False) -> Task:
        """Make a task runnable behind those that already wait; pids count from 1."""
        task = Task(coro, name, self._next_pid, user)
        self._next_pid += 1
        self.tasks[task.pid] = task
        task.on_queue = True
        self._queue.append(task)
        return task

    @property
    def spawned(self) -> int:
        """How many tasks there have been."""
        return self._next_pid - 1

    def wake(self, task: Task) -> bool:
        """Make a sleeping task runnable (try_to_wake_up); False when it did not sleep."""
        if not task.sleeping:
            return False
        task.sleeping = False
        if task.on_queue or task is self.current:
            return True
        task.on_queue = True
        task.woken = True
        self._woken.append(task)
        if self.in_interrupt and self.preemptive:
            self.need_resched = True
        return True

    def tick(self) -> None:
        """The scheduler tick: when another task waits for its turn, it gets it now."""
        if self._queue and self.current is not None:
            self._turn = True
            self.need_resched = True

    def run(self) -> Steps:
        """The top generator of the CPU: runs for ever, yields request tuples outwards."""
        service = self._service
        while True:
            task = yield from self._switch()
            how, value = task.resume
            task.resume = (SEND, None)
            while True:
                try:
                    how, value = yield (RUN, task.coro, how, value)
                except KernelOops as crash:
                    self._exit(task, None)
                    self.on_crash(task, crash)
                    break
                if how == ENDED:
                    self._exit(task, value)
                    break
                if how == ASKS:
                    how = SEND
                    if value is not None:
                        value = yield value  # refused, as it is no request of a hart
                    elif self._leave(task):
                        break
                    continue
                yield from service()
                if self.need_resched:
                    task.resume = (how, value)
                    self._preempt(task)
                    break

    def _leave(self, task: Task) -> bool:
        """``schedule()`` called by the task: True when it has to give up the CPU."""
        if task.sleeping:
            task.since = self.cpu.hart.now()
            self.current = None
            if task.on_sleep is not None:
                task.on_sleep()
            return True
        if not self._woken and not self._queue:
            return False
        self._requeue(task)
        return True

    def _preempt(self, task: Task) -> None:
        if self._turn:
            self._requeue(task)
        else:
            task.on_queue = True
            self._queue.appendleft(task)
            self.current = None

    def _requeue(self, task: Task) -> None:
        task.on_queue = True
        self._queue.append(task)
        self.current = None

    def _exit(self, task: Task, result: Any) -> None:
        task.exited = True
        task.result = result
        self.current = None
        del self.tasks[task.pid]
        if task.on_sleep is not None:
            task.on_sleep()
        self.on_exit(task)

    def _pick(self) -> Task | None:
        take_turns = self._turn and self._queue
        queue = self._queue if take_turns else self._woken or self._queue
        self._turn = False
        if not queue:
            return None
        task = queue.popleft()
        task.on_queue = False
        return task

    def _switch(self) -> Steps:
        """Choose the next task, idling until there is one, and charge the switch to it."""
        cpu = self.cpu
        task = self._pick()
        if task is None:
            cpu.hart.thread(IDLE_NAME)
            self._last = None
        while task is None:
            yield (WAIT, -1, cpu.mask[0])
            if cpu.lines[0] & cpu.mask[0]:
                yield from self._service()
            task = self._pick()
        self.need_resched = False
        self.current = task
        if task is not self._last:
            self._last = task
            cpu.hart.thread(task.name)
            if self._switch_span is not None:
                yield self._switch_span
        if task.woken:
            task.woken = False
            if task.user and self._wake_span is not None:
                yield self._wake_span
        return task


def _reraise(task: Task, fault: KernelOops) -> None:
    raise fault
