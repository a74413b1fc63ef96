# SPDX-License-Identifier: Apache-2.0
"""An explanation: the chain from who waits down to why, and the cause at its end."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

NAMES = {"linux": "Linux", "rtos": "the RTOS"}


class Cause(Enum):
    """What a run that stands still comes down to; ``hangs`` tells whether it would for ever."""

    LOST_DOORBELL = ("lost-doorbell", "nobody rang the doorbell")
    CLEARED_INTERRUPT = ("cleared-interrupt", "the interrupt was cleared as it was set")
    MASKED_INTERRUPT = ("masked-interrupt", "an enable bit keeps the interrupt away")
    INTERRUPTS_OFF = ("interrupts-off", "the hart takes no interrupts")
    WRONG_ID = ("wrong-id", "the doorbell names a ring that nobody knows")
    FULL_FIFO = ("full-fifo", "a FIFO is full and nobody empties it")
    UNPUBLISHED = ("unpublished", "a ring's index does not tell of what was put there")
    BUFFERS_HELD = ("buffers-held", "buffers are not given back")
    NO_ENDPOINT = ("no-endpoint", "a message was for an endpoint that is not there")
    ENDED = ("ended", "the thread that should answer has ended")
    NOTHING_OWED = ("nothing-owed", "no message is under way")
    DEADLOCK = ("deadlock", "threads wait for each other's mutexes")
    STARVED = ("starved", "a thread does not get the processor")
    NEVER_GIVEN = ("never-given", "nobody gives what is waited for")
    CRASHED = ("crashed", "the software of a side has crashed")
    IN_RESET = ("in-reset", "a hart is held in reset")
    LINK_DOWN = ("link-down", "the link has never come up")
    STUCK_BUS = ("stuck-bus", "a bus access gets no answer")
    REFUSED = ("refused", "the bus refused an access")
    UNKNOWN = ("unknown", "nothing that was looked at explains it")
    SLEEPS = ("sleeps", "a thread sleeps for a time it has chosen")
    COMPUTES = ("computes", "a thread computes")
    INPUT = ("input", "somebody has to type something")

    def __init__(self, slug: str, meaning: str) -> None:
        self.slug = slug
        self.meaning = meaning

    @property
    def hangs(self) -> bool:
        """A run that comes down to this goes on by itself, or with its user, when False."""
        return self not in (Cause.SLEEPS, Cause.COMPUTES, Cause.INPUT)

    @property
    def faultless(self) -> bool:
        """Nothing is known to be broken: it ends by itself where somebody waits with a time-out."""
        return self in (
            Cause.NO_ENDPOINT,
            Cause.ENDED,
            Cause.NOTHING_OWED,
            Cause.DEADLOCK,
            Cause.NEVER_GIVEN,
            Cause.UNKNOWN,
        )


@dataclass(frozen=True, slots=True)
class Step:
    """One link of the chain: what is so, where, and since when (ns, None where that is unknown)."""

    text: str
    where: str
    at_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The chain in order, the waiting application first; ``thing`` is what the cause is about."""

    cause: Cause
    thing: str
    text: str
    steps: tuple[Step, ...]


def ms(ns: int | None) -> str:
    """Return a time in ms with the digits of a 10 ns clock; "?" for an unknown one."""
    return "?" if ns is None else f"{ns / 1e6:.5f} ms"


def at(ns: int | None) -> str:
    """Return " at T", nothing for an unknown time."""
    return "" if ns is None else f" at {ms(ns)}"
