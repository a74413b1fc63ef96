# SPDX-License-Identifier: Apache-2.0
"""The system work queue: concurrency-managed workers of CPU 0, as kernel/workqueue.c.

One worker runs at a time; when it sleeps inside a work item and more work waits, another worker
takes over. A work item never runs on two workers at once.
"""

from __future__ import annotations

from collections import deque

from host_side.kernel.platform import Work
from host_side.kernel.requests import schedule
from host_side.kernel.scheduler import Scheduler
from host_side.kernel.task import Task
from host_side.kernel.waitqueue import WaitQueue


class Worker:
    """One kworker thread and the items that must run on it."""

    __slots__ = ("scheduled", "task")

    def __init__(self) -> None:
        self.scheduled: deque[Work] = deque()
        self.task: Task | None = None


class WorkQueue:
    """Worker pool; ``schedule`` may be called from tasks and interrupt handlers alike."""

    def __init__(self, scheduler: Scheduler, flushed: WaitQueue) -> None:
        self._scheduler = scheduler
        self._flushed = flushed
        self._list: deque[Work] = deque()
        self._workers: list[Worker] = []
        self._idle: list[Worker] = []

    def start(self) -> None:
        """Create the first worker."""
        self._create()

    def schedule(self, work: Work) -> bool:
        """Queue ``work``; False when it already waits to run."""
        if work.pending:
            return False
        work.pending = True
        self._list.append(work)
        self._keep_going()
        return True

    async def cancel(self, work: Work) -> None:
        """cancel_work_sync: neither queued nor running when this returns."""
        if work.pending:
            work.pending = False
            for queue in (self._list, *(worker.scheduled for worker in self._workers)):
                if work in queue:
                    queue.remove(work)
        await self._flushed.wait(lambda: work.runner is None)

    def _create(self) -> None:
        worker = Worker()
        worker.task = self._scheduler.spawn(self._run(worker), f"kworker/0:{len(self._workers)}")
        worker.task.on_sleep = self._keep_going
        self._workers.append(worker)

    def _keep_going(self) -> None:
        """With work waiting and no worker on a run queue, wake an idle one or make another."""
        if not self._list:
            return
        current = self._scheduler.current
        for worker in self._workers:
            task = worker.task
            if task is not None and (task is current or task.on_queue):
                return
        if self._idle:
            task = self._idle.pop().task
            assert task is not None
            self._scheduler.wake(task)
        elif self._workers:
            self._create()

    async def _run(self, worker: Worker) -> None:
        task = worker.task
        assert task is not None
        while True:
            while work := self._next(worker):
                work.runner = worker
                work.pending = False
                await work.function()
                work.runner = None
                if len(self._flushed):
                    self._flushed.wake_up()
            self._idle.append(worker)
            task.sleeping = True
            await schedule()

    def _next(self, worker: Worker) -> Work | None:
        if worker.scheduled:
            return worker.scheduled.popleft()
        while self._list:
            work = self._list.popleft()
            if not isinstance(work.runner, Worker):
                return work
            work.runner.scheduled.append(work)
        return None
