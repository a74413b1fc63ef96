# SPDX-License-Identifier: Apache-2.0
"""The stages between the steps of a message, and what the clocks of each were spent on."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from sim.life.activity import HartActivity
from sim.life.message import Exchange, Message, Ring, Step
from sim.life.run import Life

_ORDER = {step: place for place, step in enumerate(Step)}
_SENDERS = frozenset((Step.BEGIN, Step.WAIT, Step.ALLOC, Step.FILL, Step.PUBLISH, Step.KICK))
_IN_HANDLER = frozenset((Step.IRQ, Step.WORKER, Step.TAKE, Step.CALLBACK, Step.WAKE, Step.FREE))
ANY = "*"
"""The work of whichever thread runs counts as the stage's own."""


class Mark(NamedTuple):
    """A step with where it happens: the hart, and the threads whose work leads to it.

    ``lacks`` is what they wait for when they do not run, where that is known from the step.
    """

    cycle: int
    name: str
    hart: int
    threads: frozenset[str]
    lacks: str = ""


class Stage(NamedTuple):
    """From one step to the next, which gives it its name; all in clocks.

    ``rtl``: the hart's bus transactions; ``profile``: CPU time the timing profile charges;
    ``waiting`` is by what was waited for: a lock, a buffer, or else the thread that had the hart
    meanwhile (the idle thread: the hart slept). ``hart`` is where the step happens that ends it.
    """

    name: str
    begin: int
    end: int
    rtl: int
    profile: int
    waiting: dict[str, int]
    hart: int

    @property
    def clocks(self) -> int:
        """Return how long it took."""
        return self.end - self.begin

    @property
    def waited(self) -> int:
        """Return the clocks of all waiting."""
        return sum(self.waiting.values())


def message_stages(life: Life, message: Message) -> list[Stage]:
    """Return the stages from a message's first step to its last."""
    return _between(life, _marks(life, message))


def exchange_stages(life: Life, exchange: Exchange) -> list[Stage]:
    """Return the stages of a request and its answer; their sum is the measured round trip."""
    request, answer = exchange.request, exchange.answer
    marks = [
        mark._replace(name=f"{prefix} {mark.name}")
        for prefix, message in (("request", request), ("answer", answer))
        for mark in _marks(life, message)
        if exchange.begin <= mark.cycle <= exchange.end
    ]
    own = frozenset((exchange.thread,))
    first = Mark(exchange.begin, "send", life.link.linux, own)
    last = Mark(exchange.end, "done", life.link.linux, own)
    return _between(life, [first, *sorted(marks, key=lambda mark: mark.cycle), last])


def _marks(life: Life, message: Message) -> list[Mark]:
    """Return the steps in the order in which they happened."""
    lacking = Step.ALLOC if Step.WAIT in message.steps else None
    steps = sorted(message.steps.items(), key=lambda entry: (entry[1], _ORDER[entry[0]]))
    return [
        Mark(
            cycle,
            step.value,
            _hart(life, message, step),
            _threads(message, step),
            f"a buffer of ring {int(message.ring)}" if step is lacking else "",
        )
        for step, cycle in steps
    ]


def _hart(life: Life, message: Message, step: Step) -> int:
    side = life.link.sender if step in _SENDERS else life.link.receiver
    return side[message.ring]


def _threads(message: Message, step: Step) -> frozenset[str]:
    if step in _SENDERS:
        return frozenset((message.sender,))
    if step is Step.RECV:
        return frozenset((message.receiver,))
    # Which code an RTOS's handler interrupts is chance; Linux's handlers show themselves.
    if step is Step.LINE or (message.ring is Ring.TO_RTOS and step in _BEFORE_CALLBACK):
        return frozenset((ANY,))
    if step in _IN_HANDLER:
        return frozenset((message.taker, message.receiver, "irq"))
    return frozenset((message.receiver,))


_BEFORE_CALLBACK = frozenset((Step.IRQ, Step.WORKER, Step.TAKE, Step.CALLBACK))


def _between(life: Life, marks: list[Mark]) -> list[Stage]:
    stages = []
    for before, mark in pairwise(marks):
        stages.append(_stage(life, before.cycle, mark))
    return stages


def _stage(life: Life, begin: int, mark: Mark) -> Stage:
    """Divide the clocks up to a step."""
    if mark.name.endswith(Step.LINE.value):  # from the bus write to the pin: all of it hardware
        return Stage(mark.name, begin, mark.cycle, mark.cycle - begin, 0, {}, mark.hart)
    activity = life.activity[mark.hart]
    rtl = profile = 0
    waiting: dict[str, int] = {}
    for since, until, thread in activity.threads(begin, mark.cycle):
        if thread in mark.threads or ANY in mark.threads:
            busy = activity.busy(since, until)
            rtl += busy
            profile += until - since - busy
        else:
            what = _lock(activity, mark.threads, since) or mark.lacks or thread
            waiting[what] = waiting.get(what, 0) + until - since
    return Stage(mark.name, begin, mark.cycle, rtl, profile, waiting, mark.hart)


def _lock(activity: HartActivity, threads: frozenset[str], cycle: int) -> str | None:
    """Return the lock that one of these threads waited for."""
    for thread in threads:
        lock = activity.lock_waited_for(thread, cycle)
        if lock is not None:
            return f"lock {lock}"
    return None
