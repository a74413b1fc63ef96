# SPDX-License-Identifier: Apache-2.0
"""What a run tells while it lasts: JSON lines over a pipe from the simulator process.

A list is its progress, a string why it broke down, a number when its first hart has started.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable
from typing import NamedTuple

PROGRESS_FD = "AMPSIM_PROGRESS_FD"


class Progress(NamedTuple):
    """How far a run is: ``done`` of ``total`` (0: unknown), simulated ns, and what it is doing."""

    done: int
    total: int
    sim_time_ns: int
    stage: str

    def line(self) -> bytes:
        """Return the progress as one line of JSON."""
        return json.dumps(self).encode() + b"\n"

    @classmethod
    def parse(cls, line: bytes) -> Progress:
        """Read a line made by :meth:`line`."""
        return cls(*json.loads(line))


Listener = Callable[[Progress], None]


class ProgressReader:
    """Passes the newest progress on to ``listener``, and keeps what else is told.

    ``error`` is why the run broke down, ``first_start`` when the first hart began.
    """

    def __init__(self, listener: Listener | None) -> None:
        self.error: str | None = None
        self.first_start: float | None = None
        self._listener = listener
        self._pending = b""

    def take(self, data: bytes) -> None:
        """Take the next bytes; a line may end in later ones."""
        *lines, self._pending = (self._pending + data).split(b"\n")
        for line in lines:
            told = None if line.startswith(b"[") else json.loads(line)
            if isinstance(told, str):
                self.error = self.error or told
            elif isinstance(told, float):
                self.first_start = told
        progress = [line for line in lines if line.startswith(b"[")]
        if self._listener is not None and progress:
            self._listener(Progress.parse(progress[-1]))


def tell_error(text: str) -> None:
    """Send why the run broke down: as a string, where progress is a list."""
    _tell(text)


def tell_first_start() -> None:
    """Send the time (monotonic s) at which the first hart begins with its first bus transaction."""
    _tell(time.monotonic())


def _tell(value: str | float) -> None:
    descriptor = os.environ.get(PROGRESS_FD)
    if descriptor:
        with contextlib.suppress(OSError):
            os.write(int(descriptor), json.dumps(value).encode() + b"\n")


class ProgressPipe:
    """The sending end. Wall-clock time only decides what is shown, never what is simulated."""

    INTERVAL_S = 0.1

    def __init__(self) -> None:
        descriptor = os.environ.get(PROGRESS_FD)
        self._descriptor = int(descriptor) if descriptor else None
        self._next = 0.0
        self._begun = False

    def send(self, progress: Progress, last: bool = False) -> None:
        """Send unless nobody listens or the last one is less than ``INTERVAL_S`` ago.

        The first that tells of something done, and the ``last``, are sent in any case.
        """
        first = progress.done > 0 and not self._begun
        soon = not first and not last and time.monotonic() < self._next
        if self._descriptor is None or soon:
            return
        self._begun = progress.done > 0
        self._next = time.monotonic() + self.INTERVAL_S
        try:
            os.write(self._descriptor, progress.line())
        except OSError:
            self._descriptor = None
