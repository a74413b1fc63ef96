# SPDX-License-Identifier: Apache-2.0
"""A message and the steps of its life; an exchange is a message and its answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum


class Ring(IntEnum):
    """The ring a message travels on, which is its direction: queue numbers of the virtio device."""

    TO_LINUX = 0
    TO_RTOS = 1

    @property
    def arrow(self) -> str:
        """Return the direction in words."""
        return "rtos -> linux" if self is Ring.TO_LINUX else "linux -> rtos"


class Step(StrEnum):
    """A stamped step, in the order of a message that meets no obstacle."""

    BEGIN = "begin"
    """The sender has called the RPMsg library."""
    WAIT = "wait"
    """It has found no free buffer, and waits for one."""
    ALLOC = "alloc"
    """It has a buffer."""
    FILL = "fill"
    """Header and payload are in it."""
    PUBLISH = "publish"
    """The ring's index says so."""
    KICK = "kick"
    """The bus write that rings the doorbell begins."""
    LINE = "line"
    """The receiver's interrupt line is up."""
    IRQ = "irq"
    """Its interrupt handler runs."""
    WORKER = "worker"
    """The thread that will look at the ring has the CPU."""
    TAKE = "take"
    """The receiver has taken the descriptor from the ring."""
    CALLBACK = "callback"
    """The endpoint's callback is called."""
    WAKE = "wake"
    """The application's thread has the CPU."""
    RECV = "recv"
    """The application has the message in hand."""
    FREE = "free"
    """The buffer is back in the ring."""


HEADER_BYTES = 16
"""src u32, dst u32, reserved u32, len u16, flags u16."""
NAME_SERVICE = 53
"""RPMSG_NS_ADDR."""


@dataclass(slots=True)
class Message:
    """One message; times are clocks of the bench, ``sender`` and the others are thread names."""

    number: int
    ring: Ring
    descriptor: int = -1
    buffer: int = 0
    raw: bytes = b""
    channel: str = ""
    sender: str = ""
    taker: str = ""
    receiver: str = ""
    steps: dict[Step, int] = field(default_factory=dict)
    lost: bool = False
    """The link ended before the message was freed."""

    @property
    def src(self) -> int:
        """Return the sender's address."""
        return int.from_bytes(self.raw[0:4], "little")

    @property
    def dst(self) -> int:
        """Return the receiver's address."""
        return int.from_bytes(self.raw[4:8], "little")

    @property
    def payload(self) -> bytes:
        """Return the bytes after the header."""
        return self.raw[HEADER_BYTES:]

    @property
    def arrived(self) -> int | None:
        """Return when the receiver had it: the application, or the callback of a kernel's own."""
        return self.steps.get(Step.RECV, self.steps.get(Step.CALLBACK))

    @property
    def latency(self) -> int | None:
        """Return the clocks from the first step to the arrival, None while it is on its way."""
        arrived = self.arrived
        return None if arrived is None else arrived - min(self.steps.values())


@dataclass(slots=True)
class Exchange:
    """What an application measured between two events of its own: a request and its answer.

    ``measured`` is what the application says it took, in clocks.
    """

    name: str
    number: int
    thread: str
    begin: int
    end: int
    measured: int
    request: Message
    answer: Message

    @property
    def latency(self) -> int:
        """Return the clocks between the two events."""
        return self.end - self.begin
