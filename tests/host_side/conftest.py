# SPDX-License-Identifier: Apache-2.0
"""What tests of the Linux model stand on: a kernel may be left at any moment."""

from __future__ import annotations

import inspect
from collections.abc import Coroutine, Iterator
from typing import Any

import pytest

from host_side.kernel.scheduler import Scheduler
from host_side.kernel.task import Task


def has_not_run(coro: Coroutine[Any, Any, Any]) -> bool:
    return inspect.getcoroutinestate(coro) == inspect.CORO_CREATED


@pytest.fixture(autouse=True)
def tasks_that_never_ran(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Closes the tasks whose turn had not come when the test ended: Python warns of them."""
    waiting: list[Coroutine[Any, Any, Any]] = []
    spawn = Scheduler.spawn

    def noted_spawn(
        self: Scheduler, coro: Coroutine[Any, Any, Any], name: str, user: bool = False
    ) -> Task:
        waiting[:] = [*filter(has_not_run, waiting), coro]
        return spawn(self, coro, name, user)

    monkeypatch.setattr(Scheduler, "spawn", noted_spawn)
    yield
    for coro in waiting:
        coro.close()
