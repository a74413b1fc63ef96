# SPDX-License-Identifier: Apache-2.0
"""Has the RTOS stand still while Linux accesses rings and buffers: to it they take no time.

The real kernel's loads and stores there do not cross the bus and take none. The model's do, one by
one, and a remote that goes on meanwhile sees other batches than one that a kernel is ahead of. So
the RTOS's clock is stopped for as long as such an access lasts: it begins none of its own, and its
spans of CPU time end so much later. Everything else of Linux runs beside the RTOS with both hosts:
doorbells, interrupts, the spans of the profile.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import Any

from sim.boards.model import Board, MailboxLink, Region
from sim.core import WAIT, Software

Request = tuple[Any, ...]
Step = Callable[[Request], Generator[Request, Any, Any]]


class OneClock:
    """The two wrappers; ``now`` returns the clock."""

    def __init__(self, now: Callable[[], int], regions: Iterable[Region]) -> None:
        self._now = now
        self._spans = [range(region.base, region.end) for region in regions]
        self._since: int | None = None
        self._stood = 0

    def linux(self, software: Software) -> Software:
        """Return Linux's software, whose accesses there stop the RTOS's clock."""
        return stepped(software, self._linux_step)

    def rtos(self, software: Software) -> Software:
        """Return the RTOS's software, which lives by its own clock."""
        return stepped(software, self._rtos_step)

    def _linux_step(self, request: Request) -> Generator[Request, Any, Any]:
        if request[0] == WAIT or not any(request[1] in span for span in self._spans):
            return (yield request)
        self._since = self._now()
        try:
            return (yield request)
        finally:
            self._stood += self._now() - self._since
            self._since = None

    def _rtos_step(self, request: Request) -> Generator[Request, Any, Any]:
        while self._since is not None:
            yield (WAIT, 1, 0)
        kind, *words = request
        if kind != WAIT or words[0] <= 0:
            return (yield request)
        begin = self._standing()
        left: int = yield request
        while not left and (late := self._standing() - begin):
            begin += late
            left = yield (WAIT, late, words[1])
        return left + self._standing() - begin if left else 0

    def _standing(self) -> int:
        """Return the clocks for which the RTOS has stood so far."""
        return self._stood + (0 if self._since is None else self._now() - self._since)


def stepped(software: Software, step: Step) -> Software:
    """Return software each of whose requests is made by ``step``, also after a jump."""
    reply: Any = None
    error: BaseException | None = None
    try:
        while True:
            try:
                request = software.send(reply) if error is None else software.throw(error)
            except StopIteration as stop:
                if not isinstance(stop.value, Generator):
                    return stop.value
                software, reply, error = stop.value, None, None
                continue
            reply, error = None, None
            try:
                reply = yield from step(request)
            except Exception as refused:
                error = refused
    finally:
        software.close()


def link_memory(board: Board) -> tuple[Region, ...]:
    """Return where a board's link has its rings and buffers."""
    link = board.rpmsg
    if isinstance(link, MailboxLink):
        return link.vrings, link.buffers
    return tuple(region for name, region in link.carveouts.items() if name.startswith("vdev0"))
