# SPDX-License-Identifier: Apache-2.0
"""Joins a simulated serial line to a pty, so that any terminal program can be its far end."""

from __future__ import annotations

import os
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

READ_AT_ONCE = 256
BACKLOG = 1 << 16


class Line(Protocol):
    """The far end of a serial line, or what stands for one."""

    listener: Callable[[int], None] | None

    def send(self, data: bytes) -> None:
        """Type ``data``."""


class PtyBridge:
    """A pty for ``line``; ``path`` is what a terminal program opens.

    The pty stays open when the program at its other end goes away; output that nobody reads is kept
    up to ``BACKLOG`` bytes, the oldest is dropped first.
    """

    def __init__(self, line: Line) -> None:
        self._line = line
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.path = os.ttyname(self._slave)
        self._output = bytearray()
        line.listener = self._output.append

    @property
    def descriptor(self) -> int:
        """Readable when somebody has typed."""
        return self._master

    def pump(self) -> None:
        """Move what was typed to the line, and what came over the line to the pty."""
        try:
            typed = os.read(self._master, READ_AT_ONCE)
        except BlockingIOError:
            typed = b""
        if typed:
            self._line.send(typed)
        if self._output:
            del self._output[:-BACKLOG]
            try:
                del self._output[: os.write(self._master, self._output)]
            except BlockingIOError:
                return

    def link(self, path: Path) -> None:
        """Give the pty a name that stays the same from run to run."""
        path.unlink(missing_ok=True)
        path.symlink_to(self.path)

    def close(self) -> None:
        """Give the pty back."""
        os.close(self._master)
        os.close(self._slave)
