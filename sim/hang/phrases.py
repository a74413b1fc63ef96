# SPDX-License-Identifier: Apache-2.0
"""What a thread waits for, in words."""

from __future__ import annotations

from sim.hang.facts import Thread

PEER = {"linux": "rtos", "rtos": "linux"}
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
    return f"{thread.name} ({_SIDE[thread.side]})"


def waits(thread: Thread) -> str:
    """Return what a thread waits for as half a sentence: "echo (RTOS) waits for ..."."""
    if not thread.what:
        state = {
            "ready": "could run",
            "running": "runs",
            "waiting": "waits, nobody has said for what",
        }
        return f"{label(thread)} {state.get(thread.state, thread.state)}"
    phrase = _PHRASES.get(thread.what, f"waits for {thread.what} {{}}").format(thread.where)
    calls = [call for call in thread.calls if call not in _PLUMBING and not call.startswith("_")]
    inside = f", in {' > '.join(calls)}" if calls else ""
    return f"{label(thread)} {phrase.rstrip()}{inside}"
