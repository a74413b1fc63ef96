# SPDX-License-Identifier: Apache-2.0
"""Threads of the RTOS and tasks of Linux as the explanation knows them, from their snapshots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sim.hang.facts import Thread
from sim.hang.phrases import REAL_KERNEL

if TYPE_CHECKING:
    from host_side.kernel.snapshot import LinuxSnapshot, TaskState
    from sim.linux_peer.state import PeerState

_STATES = {"sleeping": "waiting", "suspended": "waiting", "closed": "ended", "init": "waiting"}
_QUEUES = ("msgqueue", "mailbox")


def in_run(threads: Iterable[Thread], limit_ns: int) -> Iterator[Thread]:
    """Yield threads without time-outs that no run of ``limit_ns`` sees the end of.

    The one of rpmsg_queue_recv() with RL_BLOCK is such: 0x1000000 ticks.
    """
    for thread in threads:
        left = thread.time_left_ns
        yield thread if left is None or left <= limit_ns else replace(thread, time_left_ns=None)


def linux_threads(snapshot: LinuxSnapshot, clock_ns: int) -> Iterator[Thread]:
    """Yield the tasks of Linux."""
    for task in snapshot.tasks:
        yield _task(task, clock_ns)


def _task(task: TaskState, clock_ns: int) -> Thread:
    what, where, polls = task.what, task.where, False
    if task.looks_for is not None:
        what, where = task.looks_for
        polls = what != "exit"
    return Thread(
        "linux",
        task.name,
        _STATES.get(task.state, task.state),
        task.since * clock_ns,
        what,
        where,
        task.holder,
        polls=polls,
        time_left_ns=task.time_left_ns,
        application=task.user,
        pid=task.pid,
        calls=task.calls,
    )


def kernel_thread(kernel: PeerState, now_ns: int) -> Thread:
    """Return a real kernel as one thread: which of its tasks waits for what, only it knows."""
    left = None if kernel.next_ns is None else max(kernel.next_ns - now_ns, 0)
    return Thread(
        "linux",
        REAL_KERNEL,
        "waiting" if kernel.waits else "running",
        kernel.since_ns,
        "kernel" if kernel.waits else "",
        kernel.last_line,
        time_left_ns=left,
        application=True,
    )


def rtos_threads(snapshot: Mapping[str, Any], clock_ns: int) -> Iterator[Thread]:
    """Yield the threads of the RTOS."""
    for thread in snapshot["threads"]:
        yield _thread(thread, snapshot, clock_ns)


def _thread(thread: Mapping[str, Any], snapshot: Mapping[str, Any], clock_ns: int) -> Thread:
    what, where, ring, polls = _wait(thread, snapshot)
    left = None
    if thread["until"] is not None:
        left = (thread["until"] - snapshot["tick"]) * 1_000_000_000 // snapshot["tick_hz"]
    return Thread(
        "rtos",
        thread["name"],
        _STATES.get(thread["state"], thread["state"]),
        thread["since"] * clock_ns,
        what,
        where,
        thread["holder"],
        ring,
        polls,
        thread["priority"],
        left,
        tuple(thread["holds"]),
        thread["of_app"],
    )


def _wait(
    thread: Mapping[str, Any], snapshot: Mapping[str, Any]
) -> tuple[str, str, int | None, bool]:
    """Return what and where it waits, for which ring, and whether it looks again and again."""
    looks_for, source = thread["looks_for"], thread["source"]
    if looks_for is not None:
        what, number = looks_for
        ring = number if what == "buffer" else None
        where = f"ring {number}" if what == "buffer" else f"0x{number:x}"
        return what, where, ring, True
    box = snapshot["msgbox"]
    if box and box["no_room"] >= 0 and thread["name"] == snapshot["current"]:
        return "room", f"the A27's message box, channel {box['no_room']}", None, True
    if thread["state"] != "suspended":
        return "", "", None, False
    if thread["waits"] in _QUEUES:
        ring = source[1] if source and source[0] == "ring" else None
        return "queue", thread["object"], ring, False
    if thread["waits"]:
        if source and source[0] == "link":
            return "link", "", None, True
        return thread["waits"], thread["object"], None, False
    return ("sleep" if thread["until"] is not None else ""), "", None, False
