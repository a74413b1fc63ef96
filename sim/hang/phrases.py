# SPDX-License-Identifier: Apache-2.0
"""What a thread waits for, in words."""

from __future__ import annotations

from sim.hang.explanation import ms
from sim.hang.facts import Thread

PEER = {"linux": "rtos", "rtos": "linux"}
REAL_KERNEL = "real kernel"
"""Name of the one thread that a real kernel is."""
_SIDE = {"linux": "Linux", "rtos": "RTOS"}

# Functions that every wait goes through.
_PLUMBING = ("schedule", "wait", "wait_for", "sleep_ns")

# How a kind of wait is said; {} is where.
_PHRASES = {
    "message": "waits for a message in {}",
    "queue": "waits for a message in queue {}",
    "buffer": "waits for a free buffer in {}",
    "tx buffer": "waits for a free tx buffer of {}",
    "mutex": "waits for mutex {}",
    "semaphore": "waits for semaphore {}",
    "event": "waits for event {}",
    "mailbox": "waits for mailbox {}",
    "link": "waits for the link",
    "driver": "waits for the driver of Linux (DRIVER_OK)",
    "file": "waits for {} to appear",
    "room": "waits for room in the FIFO of {}",
    "sleep": "sleeps",
    "input": "waits for input at {}",
}


def label(thread: Thread) -> str:
    """Return the thread's name and side."""
    if thread.name == REAL_KERNEL:
        return "Linux (a real kernel)"
    return f"{thread.name} ({_SIDE[thread.side]})"


def waits(thread: Thread) -> str:
    """Return what a thread waits for as half a sentence: "echo (RTOS) waits for ..."."""
    return f"{label(thread)} {waits_for(thread)}"


def waits_for(thread: Thread) -> str:
    """Return the same without the thread: "waits for ..."."""
    if not thread.what:
        state = {
            "ready": "could run",
            "running": "runs",
            "waiting": "waits, nobody has said for what",
        }
        return state.get(thread.state, thread.state)
    if thread.what == "kernel":
        return _real_kernel(thread)
    phrase = _PHRASES.get(thread.what, f"waits for {thread.what} {{}}").format(thread.where)
    calls = [call for call in thread.calls if call not in _PLUMBING and not call.startswith("_")]
    inside = f", in {' > '.join(calls)}" if calls else ""
    return f"{phrase.rstrip()}{_until(thread)}{inside}"


def _until(thread: Thread) -> str:
    """Return how long a wait with a time-out lasts yet; a sleep says so at the chain's end."""
    timed = thread.time_left_ns is not None and not thread.polls and thread.what != "sleep"
    return f" for {ms(thread.time_left_ns)} yet at most" if timed else ""


def _real_kernel(thread: Thread) -> str:
    """Return what the bench sees of a real kernel; ``where`` is the last line on its console."""
    left = thread.time_left_ns
    until = "an interrupt" if left is None else f"an interrupt, or its timer in {ms(left)}"
    said = f'; the last line on its console: "{thread.where}"' if thread.where else ""
    return f"is idle until {until}; what its tasks wait for is known to it alone{said}"
