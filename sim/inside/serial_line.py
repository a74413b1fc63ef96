# SPDX-License-Identifier: Apache-2.0
"""The far end of a serial cable: what a person at the terminal sees and types."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any


class SerialLine:
    """Terminal ``number`` of the SoC. Characters cross the simulated line bit by bit (8N1).

    ``output`` has all that was received. ``listener`` is called with each character as it comes,
    ``on_sent`` with the clock at which a typed character begins to go out.
    """

    def __init__(self, port: Any, number: int) -> None:
        self.number = number
        self.output = bytearray()
        self.listener: Callable[[int], None] | None = None
        self.on_sent: Callable[[int], None] | None = None
        self._port = port
        self._waiting = bytearray()

    def receive(self, byte: int) -> None:
        """Take a character that came over the line."""
        self.output.append(byte)
        if self.listener is not None:
            self.listener(byte)

    def sent(self) -> None:
        """Take note that a character begins to go out."""
        if self.on_sent is not None:
            self.on_sent(int(self._port.now()))

    def send(self, data: bytes) -> None:
        """Type ``data``: it goes out as fast as the line takes it."""
        self._waiting += data
        self.pump()

    def pump(self) -> None:
        """Hand on what did not fit into the port's queue before."""
        if self._waiting:
            taken = self._port.terminal_send(self.number, bytes(self._waiting))
            del self._waiting[:taken]

    def text(self) -> str:
        """Return the output so far as text with plain newlines."""
        return self.output.decode("utf-8", "replace").replace("\r\n", "\n")

    def save(self, path: Path) -> None:
        """Write all that was received to a file."""
        path.write_bytes(self.output)
