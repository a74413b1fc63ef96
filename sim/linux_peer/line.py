# SPDX-License-Identifier: Apache-2.0
"""The far end of a real kernel's console: what a person sees and types."""

from __future__ import annotations

from collections.abc import Callable

CURSOR_QUERY = b"\x1b[6n"
"""What busybox's shell asks the terminal at each prompt (libbb/lineedit.c, ask_terminal())."""


class PeerLine:
    """In place of a serial line. ``listener`` gets each character that the kernel prints.

    The shell's question for the cursor's place is held back: it does without an answer, and many
    who open a pty are not a terminal and would show the question.
    """

    def __init__(self) -> None:
        self.listener: Callable[[int], None] | None = None
        self.connected: Callable[[bytes], None] | None = None
        self._held = b""

    def receive(self, byte: int) -> None:
        """Take a character that the kernel has printed."""
        self._held += bytes((byte,))
        if self._held == CURSOR_QUERY:
            self._held = b""
        while self._held and not CURSOR_QUERY.startswith(self._held):
            if self.listener is not None:
                self.listener(self._held[0])
            self._held = self._held[1:]

    def send(self, data: bytes) -> None:
        """Type ``data``; before the kernel runs nobody is there to take it."""
        if self.connected is not None:
            self.connected(data)
