# SPDX-License-Identifier: Apache-2.0
"""The scoreboard between the two applications.

Which application has sent or got a message is software's word: the events msg_begin, msg_send and
msg_recv (docs/messages.md). What was sent, and in which order, is what was observed. A side that
says nothing is held to nothing.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from itertools import takewhile

from sim.referee import scoreboard_rules as rules
from sim.referee.buffers import BufferPool
from sim.referee.deadlines import Deadline, Deadlines
from sim.referee.message import HEADER, Message
from sim.referee.side import Side
from sim.referee.violations import Report

CALLED_SENT_WITHIN_NS = 1_000_000
"""How long after its publication a message's library may say that it was sent."""
REMEMBERED = 1024
"""Messages of one endpoint that are kept for an application that says nothing of them."""

OnEvent = Callable[[Side, int, int], None]
"""Takes an event: of whose software, and its two numbers."""


class Scoreboard:
    """Holds the events of both sides against the messages that were published.

    `on_event` has, by name, what takes the events that matter.
    """

    def __init__(self, pool: BufferPool, report: Report, deadlines: Deadlines) -> None:
        self._pool = pool
        self._report = report
        self._deadlines = deadlines
        self.on_event: dict[str, OnEvent] = {
            "msg_begin": self._begin,
            "msg_send": self._send,
            "msg_recv": self._received,
        }
        self.clear()

    def clear(self) -> None:
        """A new link: nothing is under way."""
        self._speaks = dict.fromkeys(Side, False)
        self._begun: dict[Side, Counter[int]] = {side: Counter() for side in Side}
        self._unclaimed: dict[tuple[int, int], deque[Message]] = {}
        self._read: dict[Side, set[int]] = {side: set() for side in Side}
        self._waiting: dict[tuple[Side, int], deque[Message]] = {}

    # The sender.

    def published(self, message: Message) -> None:
        """A message was published."""
        receiver = message.sender.other, message.destination
        waiting = self._waiting.get(receiver)
        if waiting is None:
            waiting = self._waiting[receiver] = deque(maxlen=REMEMBERED)
        waiting.append(message)
        if self._speaks[message.sender]:
            self._claim_within(message)

    def _claim_within(self, message: Message) -> None:
        self._unclaimed.setdefault((message.ring, message.head), deque()).append(message)
        due = self._report.time_ns + CALLED_SENT_WITHIN_NS
        what = f"{message.sender.name} to send what is in descriptor {message.head} of vring"
        self._deadlines.start(
            ("sent", id(message)),
            Deadline(
                due,
                message.sender,
                rules.UNSENT,
                message.address,
                f"{what} {message.ring}",
                "a published message that it did not send",
            ),
        )

    def _begin(self, side: Side, _ring: int, length: int) -> None:
        """An application has called its library; 0 where it will fill the buffer itself."""
        self._speaks[side] = True
        self._begun[side][length] += 1

    def _send(self, side: Side, ring: int, head: int) -> None:
        """The library has sent what is in a descriptor."""
        if not self._speaks[side]:
            return
        unclaimed = self._unclaimed.get((ring, head))
        if not unclaimed:
            expected = f"a published message in descriptor {head} of vring {ring}"
            self._report.add(rules.UNPUBLISHED, 0, expected, "none that was not sent before")
            return
        message = unclaimed.popleft()
        self._deadlines.met(("sent", id(message)))
        begun = self._begun[side]
        length = message.length if begun[message.length] else 0
        if begun[length]:
            begun[length] -= 1
        else:
            lengths = ", ".join(str(each) for each in sorted(+begun)) or "none"
            at, found = message.address + 12, f"{message.length}"
            self._report.add(rules.LENGTH, at, f"a length that was given ({lengths})", found)

    # The receiver.

    def _received(self, side: Side, place: int, length: int) -> None:
        """An application has got a message.

        The RTOS says where its payload lies, Linux at which endpoint it came.
        """
        if side == Side.LINUX:
            self._by_endpoint(place, length)
            return
        if not place:  # the endpoint is gone, its reader was woken with nothing
            return
        message = self._pool.message_at(place - HEADER.size)
        if message is None or message.sender == side:
            self._report.add(rules.DUPLICATED, place, "a message that was sent", "none there")
            return
        waiting = self._waiting.get((side, message.destination))
        if waiting is None or message not in waiting:
            found = f"the message of {message.time_ns / 1000:.2f} us again"
            self._report.add(rules.DUPLICATED, place, "another message", found)
            return
        self._take(waiting, message, length)

    def _by_endpoint(self, address: int, length: int) -> None:
        waiting = self._waiting.get((Side.LINUX, address))
        if not waiting:
            expected = f"a message to 0x{address:x} that was sent"
            self._report.add(rules.DUPLICATED, 0, expected, "none that it had not got")
            return
        fitting = (message for message in waiting if message.length == length)
        self._take(waiting, next(fitting, waiting[0]), length)

    def _take(self, waiting: deque[Message], message: Message, length: int) -> None:
        """A message has arrived: those before it are late, or they never come."""
        if message.length != length:
            expected, found = f"{message.length} bytes", f"{length}"
            self._report.add(rules.RECEIVED_LENGTH, message.address + 12, expected, found)
        if message.passed:
            self._deadlines.cancel(("passed", id(message)))
            found = f"that of {message.time_ns / 1000:.2f} us after a later one"
            self._report.add(rules.REORDERED, message.address, "the oldest message", found)
        elif message.destination in self._read[message.sender.other]:
            for earlier in takewhile(lambda each: each is not message, waiting):
                self._passed(earlier)
        else:
            # Nobody has said anything of this endpoint: a driver may have had it to itself.
            self._read[message.sender.other].add(message.destination)
            while waiting[0] is not message:
                waiting.popleft()
        waiting.remove(message)

    def _passed(self, message: Message) -> None:
        """An application has got a later message and not this one."""
        if message.passed:
            return
        message.passed = True
        self._deadlines.start(
            ("passed", id(message)),
            Deadline(
                self._report.time_ns,
                message.sender.other,
                rules.LOST,
                message.address,
                f"the message of {message.time_ns / 1000:.2f} us to 0x{message.destination:x}",
                "a later one and not this",
            ),
        )
