# SPDX-License-Identifier: Apache-2.0
"""The line discipline of the console while a program runs: echo, erase, end of file, Ctrl-C."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from host_side.fs.file import FileOperations, OpenFile
from host_side.fs.flags import Poll
from host_side.kernel.platform import Platform, WaitQueue

INTERRUPT, END_OF_FILE, ERASE = 0x03, 0x04, (0x08, 0x7F)


class Tty(Protocol):
    """The line a console stands on."""

    def read(self) -> Awaitable[bytes]:
        """At least one byte from the user; none when the line is gone."""

    def write(self, data: bytes) -> Awaitable[None]:
        """Bytes for the user's screen."""


class Terminal(FileOperations):
    """What programs read and write: whole lines in, ``\\n`` as ``\\r\\n`` out."""

    is_terminal = True

    def __init__(self, platform: Platform, tty: Tty, on_interrupt: Callable[[], None]) -> None:
        self._tty = tty
        self._on_interrupt = on_interrupt
        self._line = bytearray()
        self._ready: list[bytes] = []
        self._queue = platform.wait_queue("input", "terminal")

    async def type(self, byte: int) -> None:
        """A key pressed while a program runs."""
        if byte == INTERRUPT:
            self.flush()
            await self._tty.write(b"^C")
            self._on_interrupt()
        elif byte == END_OF_FILE:
            self._finish(b"")
        elif byte in ERASE:
            if self._line:
                del self._line[-1:]
                await self._tty.write(b"\b \b")
        elif byte in b"\r\n":
            await self._tty.write(b"\r\n")
            self._finish(b"\n")
        else:
            self._line.append(byte)
            shown = bytes((byte,)) if byte >= 0x20 else bytes((0x5E, byte | 0x40))
            await self._tty.write(shown)

    def flush(self) -> bytes:
        """What was typed and not read, which is forgotten here."""
        typed = b"".join(self._ready) + bytes(self._line)
        self._ready.clear()
        self._line.clear()
        return typed

    async def read(self, file: OpenFile, count: int) -> bytes:
        """At most one line; nothing is end of file (Ctrl-D)."""
        await self._queue.wait(lambda: self._ready, interruptible=True)
        line = self._ready.pop(0)
        if len(line) > count:
            self._ready.insert(0, line[count:])
        return line[:count]

    async def write(self, file: OpenFile, data: bytes) -> int:
        """All of it, with the output processing of a terminal (OPOST, ONLCR)."""
        await self._tty.write(data.replace(b"\n", b"\r\n"))
        return len(data)

    def poll(self, file: OpenFile) -> Poll:
        """IN with a line; OUT always."""
        events = Poll.OUT | Poll.WRNORM
        return events | Poll.IN | Poll.RDNORM if self._ready else events

    def poll_queue(self, file: OpenFile) -> WaitQueue:
        """Woken by each line."""
        return self._queue

    def _finish(self, ending: bytes) -> None:
        self._ready.append(bytes(self._line) + ending)
        self._line.clear()
        self._queue.wake_up()
