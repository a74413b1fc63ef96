# SPDX-License-Identifier: Apache-2.0
"""Where a shell's output goes when there is no terminal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from host_side.fs.file import FileOperations, OpenFile
from host_side.programs.process import decode

Sink = Callable[[bytes], Awaitable[None]]
"""``await sink(data)`` takes output, in its own time."""


class SinkFile(FileOperations):
    """An open file that reads nothing and writes to a sink; without sink the output is lost."""

    def __init__(self, sink: Sink | None) -> None:
        self._sink = sink

    async def read(self, file: OpenFile, count: int) -> bytes:
        """End of file."""
        return b""

    async def write(self, file: OpenFile, data: bytes) -> int:
        """All of it."""
        if self._sink is not None:
            await self._sink(data)
        return len(data)


class Capture:
    """A sink that keeps the output."""

    def __init__(self) -> None:
        self.data = bytearray()

    async def __call__(self, data: bytes) -> None:
        """Take output."""
        self.data += data

    def take(self) -> str:
        """The text so far; it is forgotten then."""
        text = decode(bytes(self.data))
        self.data.clear()
        return text
