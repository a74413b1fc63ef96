# SPDX-License-Identifier: Apache-2.0
"""The sender's half of a ring: from the library's call to the doorbell."""

from __future__ import annotations

from sim.life.message import Message, Ring, Step

Key = str | int


class Sending:
    """Messages that are not yet announced.

    The RTOS knows the descriptor from the start; Linux only when it publishes, so its messages are
    told apart ``by_thread``.
    """

    def __init__(self, ring: Ring, by_thread: bool) -> None:
        self._ring = ring
        self._by_thread = by_thread
        self._calls: dict[str, list[int]] = {}
        self._waits: dict[str, int] = {}
        self._open: dict[Key, Message] = {}
        self._silent: list[Message] = []

    def begin(self, cycle: int, thread: str) -> None:
        """A thread, or a handler that has interrupted it, calls the library."""
        calls = self._calls.setdefault(thread, [])
        if self._by_thread:
            calls.clear()
        calls.append(cycle)
        self._waits.pop(thread, None)

    def wait(self, cycle: int, thread: str) -> None:
        """It has to wait for a buffer."""
        self._waits[thread] = cycle

    def alloc(self, cycle: int, descriptor: int, thread: str) -> None:
        """It has a buffer."""
        message = Message(-1, self._ring, descriptor, sender=thread)
        calls = self._calls.get(thread)
        if calls:
            message.steps[Step.BEGIN] = calls.pop()
        if thread in self._waits:
            message.steps[Step.WAIT] = self._waits.pop(thread)
        message.steps[Step.ALLOC] = cycle
        self._open[self._key(descriptor, thread)] = message

    def fill(self, cycle: int, descriptor: int, thread: str) -> Message | None:
        """The buffer holds the message."""
        message = self._open.get(self._key(descriptor, thread))
        if message is not None:
            message.steps[Step.FILL] = cycle
        return message

    def publish(self, cycle: int, descriptor: int, thread: str) -> Message | None:
        """The ring's index covers the message."""
        message = self._open.pop(self._key(descriptor, thread), None)
        if message is not None:
            message.descriptor = descriptor
            message.steps[Step.PUBLISH] = cycle
            self._silent.append(message)
        return message

    def doorbell(self, cycle: int) -> None:
        """The sender begins to ring: that is for all it has published so far."""
        for message in self._silent:
            message.steps.setdefault(Step.KICK, cycle)
        self._silent.clear()

    def reset(self) -> None:
        """The link has ended."""
        self._calls.clear()
        self._waits.clear()
        self._open.clear()
        self._silent.clear()

    def _key(self, descriptor: int, thread: str) -> Key:
        return thread if self._by_thread else descriptor
