# SPDX-License-Identifier: Apache-2.0
"""What is known of a run that stands still: plain values, all times in ns since reset.

The collectors (:mod:`sim.hang.collect`) fill them in, the explanation (:mod:`sim.hang.explain`) is
derived from nothing else. A time of None means: not within the records that were kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread of the RTOS or a task of Linux.

    ``what`` is what it waits for: "message", "buffer", "mutex", "semaphore", "event", "exit",
    "sleep", "link", "driver", "file", "room", "input", "kernel" (a real one: it alone knows) ...,
    "" when it does not wait; ``where`` says which one. ``holder`` is the thread that has it or has
    to give it, ``ring`` the ring that it comes through. With ``polls`` it looks for it again and
    again.
    """

    side: str
    name: str
    state: str  # "running", "ready", "waiting", "ended"
    since_ns: int
    what: str = ""
    where: str = ""
    holder: str = ""
    ring: int | None = None
    polls: bool = False
    priority: int | None = None
    time_left_ns: int | None = None
    holds: tuple[str, ...] = ()
    application: bool = False
    pid: int | None = None
    calls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hart:
    """A hart as the RTL has it, and what its software has asked of it last."""

    hart_id: int
    side: str
    running: bool  # out of reset
    starts: int
    lines: tuple[str, ...]
    thread: str
    request: str  # "load", "store", "read", "write", "wait", "" for none
    address: int = 0
    since_ns: int = 0
    handshake: Mapping[str, bool] = field(default_factory=dict)
    device: str = ""  # that has the address, as the devicetree names it
    until_ns: int | None = None  # the end of a wait that ends by itself

    @property
    def on_bus(self) -> bool:
        """A bus access of it is under way."""
        return self.request not in ("", "wait")


@dataclass(frozen=True, slots=True)
class Ring:
    """A ring as it is in memory, and as each side sees it. All indices count to 65536.

    Linux offers buffers in avail and gets them back in used; the RTOS takes and returns them. Ring
    0 carries what the RTOS sends, in used; ring 1 what Linux sends, in avail.
    """

    number: int
    entries: int
    avail: int
    used: int
    offered: int | None  # by Linux, as Linux counts; None: Linux has no such ring
    got_back: int | None
    taken: int | None  # by the RTOS, as the RTOS counts
    avail_ns: int | None = None  # of the last change
    used_ns: int | None = None
    avail_entry_ns: int | None = None  # the entry that is to be published with the next index
    used_entry_ns: int | None = None
    avail_flags: int = 0
    used_flags: int = 0
    taken_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Doorbell:
    """How a side is told that a ring has news, from the store that rings it up to its software.

    ``pending`` and ``enabled`` are the bits next to the doorbell: MSIP of the CLINT (which has no
    enable bit), or those of the message box. ``source`` is the PLIC's part, None without one.
    ``accepts``: the side's software takes that interrupt. ``heard_ns`` is when it took one last.
    """

    side: str
    name: str
    address: int
    hart_id: int
    line: str
    rung_ns: int | None
    rung_value: int | None
    pending: bool
    enabled: bool
    line_high: bool
    accepts: bool
    rose_ns: int | None = None
    cleared_ns: int | None = None
    cleared_by: int | None = None
    heard_ns: int | None = None
    words: tuple[int, ...] = ()
    depth: int = 0
    read_ns: int | None = None
    read_value: int | None = None
    expected: int | None = None
    source: Mapping[str, int] | None = None
    irq: int = 0
    refused: bool = False
    mail: str = ""  # state of the word in shared memory that goes with an IPI
    queued: int = 0  # words that wait in the sender's own queue


@dataclass(frozen=True, slots=True)
class Facts:
    """All of it. ``status`` is the vdev's status byte in the resource table, where there is one."""

    now_ns: int
    progress_ns: int
    progress: str
    patience_ns: int
    threads: tuple[Thread, ...]
    harts: tuple[Hart, ...]
    rings: tuple[Ring, ...]
    doorbells: Mapping[str, Doorbell]
    rtos_kernel: bool
    rtos_link: bool  # rpmsg-lite is set up
    rtos_ready: bool  # and has heard of Linux
    rtos_handler: str
    rtos_current: str
    linux_booted: bool
    linux_driver: bool
    linux_panic: str = ""
    status: int | None = None
    status_address: int | None = None
    replier: str = ""  # the RTOS thread that has received the last message of ring 1
    # When a side gave back the buffer of its last message without calling an endpoint.
    dropped_ns: Mapping[str, int | None] = field(default_factory=dict)
