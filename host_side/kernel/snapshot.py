# SPDX-License-Identifier: Apache-2.0
"""What a debugger would read of Linux: who runs, who sleeps for what, where the rings stand.

Taken from outside while the harts stand still. Reads Python objects only, nothing on the bus.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from host_side.kernel.linux import LinuxKernel
from host_side.kernel.task import Task
from host_side.kernel.timers import NS_PER_JIFFY
from host_side.rpmsg.virtio_rpmsg_bus import VirtioRpmsgBus
from host_side.virtio.virtqueue import RingState


class TaskState(NamedTuple):
    """A task: ``state`` is "running", "ready" or "sleeping", ``since`` the clock it slept last."""

    pid: int
    name: str
    user: bool
    state: str
    since: int
    what: str
    """What it sleeps for (``Awaited``); "sleep" where only the time ends it, "" for no reason."""
    where: str
    holder: str
    """Name of the task that holds it, "" for none."""
    time_left_ns: int | None
    """Until its sleep ends in any case; None: never."""
    looks_for: tuple[str, str] | None
    calls: tuple[str, ...]
    """Names of the functions it is in, the outermost first."""


class MailboxState(NamedTuple):
    """A mailbox channel that a client holds: words under way and queued behind them."""

    label: str
    number: int
    active: int | None
    queued: int


class LinuxSnapshot(NamedTuple):
    """All of it. ``enabled`` has the interrupt lines that CPU 0 takes, ``mask`` those now."""

    booted: bool
    panicked: str
    in_interrupt: bool
    enabled: int
    mask: int
    jiffies: int
    tasks: tuple[TaskState, ...]
    rings: tuple[RingState, ...]
    driver_ok: bool
    """A virtio device has its rpmsg driver at work."""
    mailboxes: tuple[MailboxState, ...]


def snapshot(kernel: LinuxKernel) -> LinuxSnapshot:
    """Return the state of a kernel as it is now."""
    buses = [device.priv for device in kernel.virtio.devices]
    rpmsg = [bus for bus in buses if isinstance(bus, VirtioRpmsgBus)]
    return LinuxSnapshot(
        kernel.booted,
        kernel.panicked,
        kernel.scheduler.in_interrupt,
        kernel.cpu.enabled,
        kernel.cpu.mask[0],
        kernel.jiffies,
        tuple(_task(kernel, task) for task in kernel.scheduler.tasks.values()),
        tuple(ring.state() for bus in rpmsg for ring in bus.rings),
        bool(rpmsg),
        tuple(_mailboxes(kernel)),
    )


def _task(kernel: LinuxKernel, task: Task) -> TaskState:
    """Return one task; a sleep for nothing, with an end, is one that only the time ends."""
    awaited = task.waits
    what, where = ("sleep" if task.until is not None else "", "")
    if awaited is not None:
        what, where = awaited.what, awaited.where
    holder = awaited.holder if awaited is not None else None
    until = None if task.until is None else (task.until - kernel.jiffies) * NS_PER_JIFFY
    state = _state(kernel, task)
    if state != "sleeping":
        what = where = ""
    return TaskState(
        task.pid,
        task.name,
        task.user,
        state,
        task.since,
        what,
        where,
        "" if holder is None else holder.name,
        until,
        task.looks_for,
        tuple(_calls(task)),
    )


def _state(kernel: LinuxKernel, task: Task) -> str:
    if task is kernel.scheduler.current:
        return "running"
    return "ready" if task.on_queue or not task.sleeping else "sleeping"


def _calls(task: Task) -> Iterator[str]:
    """Yield the functions of a task's coroutine, from the outermost in."""
    frame: object = task.coro
    while frame is not None:
        name = getattr(frame, "__name__", None)
        if name is not None:
            yield name
        frame = getattr(frame, "cr_await", None) or getattr(frame, "gi_yieldfrom", None)


def _mailboxes(kernel: LinuxKernel) -> Iterator[MailboxState]:
    for controller in kernel.mailboxes.controllers:
        for channel in controller.channels:
            if channel.client is not None:
                yield MailboxState(controller.label, channel.index, channel.active, channel.queued)
