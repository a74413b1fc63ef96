# SPDX-License-Identifier: Apache-2.0
"""The kernel's clock: the controller's end of ``time-travel=ext`` (linux/um_timetravel.h).

The kernel runs in no time at all until it waits; then it has asked for one instant at most
(``request``) and stands still until it is told to run at that very instant. What it computes
costs no simulated time; each reading of its clock costs 256 ns of it (arch/um/kernel/time.c), for
which it waits, too, as nothing allows it to run ahead of the bench.

Messages are ``u32 op, u32 seq, u64 ns``, each acknowledged by one with op ACK and the same seq.
"""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path

from sim.linux_peer.listener import listen

MESSAGE = struct.Struct("<IIQ")
NEVER = (1 << 63) - 1
"""Instants from here on mean: not before an interrupt."""
TIME_OF_DAY_NS = 1_700_000_000 * 10**9
"""What the kernel takes for the date at its start: the same in each run."""
_PAGE = 4096


class Op(IntEnum):
    """What a message says."""

    ACK = 0
    START = 1
    REQUEST = 2
    WAIT = 3
    GET = 4
    UPDATE = 5
    RUN = 6
    GET_TOD = 8


class Calendar:
    """``now`` returns the ns since the kernel's start. ``request`` is what the kernel waits for."""

    def __init__(self, path: Path, now: Callable[[], int]) -> None:
        self._now = now
        self._listener = listen(path)
        self._channel: socket.socket | None = None
        self.request = NEVER
        self.waiting = False
        self.ended = False
        self.runs = 0

    @property
    def descriptor(self) -> int:
        """What to wait for: the listener, or the channel once the kernel has connected."""
        return (self._channel or self._listener).fileno()

    @property
    def started(self) -> bool:
        """Tell whether the kernel has come as far as asking for the time."""
        return self._channel is not None

    def take(self) -> None:
        """Do what has arrived; ``ended`` is set when the kernel is gone."""
        if self._channel is None:
            self._channel, _ = self._listener.accept()
            return
        try:
            data = self._channel.recv(MESSAGE.size, socket.MSG_WAITALL)
        except ConnectionResetError:
            data = b""
        if len(data) < MESSAGE.size:
            self.ended = True
            return
        self._answer(*MESSAGE.unpack(data))

    def _answer(self, op: int, sequence: int, time_ns: int) -> None:
        match op:
            case Op.ACK:
                return
            case Op.START:
                self._start(sequence)
                return
            case Op.REQUEST:
                self.request = time_ns
            case Op.WAIT:
                self.waiting = True
        answers = {Op.GET: self._now(), Op.GET_TOD: TIME_OF_DAY_NS + self._now()}
        self._send(Op.ACK, sequence, answers.get(Op(op), 0))

    def _start(self, sequence: int) -> None:
        """Acknowledge the start with two descriptors, or 6.12 closes whatever its stack holds.

        An empty page where it looks for shared scheduling data makes it stay with messages.
        """
        assert self._channel is not None
        page = os.memfd_create("schedule")
        os.ftruncate(page, _PAGE)
        log = os.open(os.devnull, os.O_WRONLY)
        socket.send_fds(self._channel, [MESSAGE.pack(Op.ACK, sequence, 0)], [page, log])
        os.close(page)
        os.close(log)

    def _send(self, op: Op, sequence: int, time_ns: int) -> None:
        assert self._channel is not None
        try:
            self._channel.sendall(MESSAGE.pack(op, sequence, time_ns))
        except (BrokenPipeError, ConnectionResetError):
            self.ended = True

    def run(self) -> None:
        """Let the kernel run at the instant it has asked for: it insists on that very number."""
        time_ns, self.request = self.request, NEVER
        self.waiting = False
        self.runs += 1
        self._send(Op.RUN, 0, time_ns)

    def close(self) -> None:
        """End the connection and listen no more."""
        if self._channel is not None:
            self._channel.close()
        self._listener.close()
