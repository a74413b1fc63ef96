# SPDX-License-Identifier: Apache-2.0
"""Pairs requests with answers between the two events of an application that measures both."""

from __future__ import annotations

from sim.life.message import Exchange, Message, Ring

PAIRS = {"echo_send": "echo_done", "rpmsg_test_send": "rpmsg_test_done"}
"""First and last event; a is the number, b of the last the clocks as the application has them."""
_LAST = {last: first for first, last in PAIRS.items()}


class _Open:
    def __init__(self, name: str, number: int, begin: int) -> None:
        self.name, self.number, self.begin = name, number, begin
        self.request: Message | None = None
        self.answer: Message | None = None


class Exchanges:
    """One exchange at a time in each thread of Linux."""

    def __init__(self) -> None:
        self.found: list[Exchange] = []
        self._open: dict[str, _Open] = {}

    def event(self, name: str, cycle: int, a: int, b: int, thread: str) -> None:
        """Take a software event of Linux."""
        if name in PAIRS:
            self._open[thread] = _Open(name.removesuffix("_send"), a, cycle)
            return
        first = _LAST.get(name)
        opened = self._open.pop(thread, None) if first else None
        if opened is None or opened.number != a:
            return
        if opened.request is not None and opened.answer is not None:
            found = Exchange(
                opened.name, a, thread, opened.begin, cycle, b, opened.request, opened.answer
            )
            self.found.append(found)

    def sent(self, message: Message) -> None:
        """A message was published."""
        opened = self._open.get(message.sender)
        if opened is not None and message.ring is Ring.TO_RTOS and opened.request is None:
            opened.request = message

    def received(self, message: Message) -> None:
        """An application has a message in hand."""
        opened = self._open.get(message.receiver)
        if opened is not None and message.ring is Ring.TO_LINUX and opened.answer is None:
            opened.answer = message
