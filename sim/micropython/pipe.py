# SPDX-License-Identifier: Apache-2.0
"""A hart's software in another process: requests come from a pipe, replies go into one.

There are two of these. The core port's extension has one in C (sim/native/core_pipe.c), whose
requests go to the port without an object of Python's; the one here is a generator as all software
of a hart, for the ports without it and for who wants to see what the software asks for.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Generator
from typing import Any, NoReturn, Protocol

from sim.core import Hart, core_port
from sim.micropython import frames

ASK = struct.Struct("<QqQQ")
REPLY = struct.Struct("<3Q")

_CHUNK = 8192


class Served(Protocol):
    """What a pipe needs of the program at its other end, for all that is rare."""

    names: list[str]
    """Of events and threads, by number."""

    def serve(self, kind: int, first: int, second: int, /) -> bool:
        """Take a frame that is none of the hart's; tell whether the software has returned."""

    def refusal(self, error: BaseException, /) -> tuple[int, int, bytes]:
        """Return status and value of the reply that an exception is, and what is behind it."""

    def look(self) -> None:
        """Be called every so often."""

    def stop(self) -> None:
        """Be called when no request follows: it has returned, or an exception is under way."""

    def end(self) -> None:
        """Be called when the hart goes into reset while a reply is due."""

    def lost(self) -> NoReturn:
        """Raise what there is to say when the other end of the pipe is closed."""


class Pipe(Generator[Any, Any, None]):
    """The software of ``hart``: ``asks`` and ``replies`` are descriptors."""

    polls = 0  # only the one in C does

    def __init__(self, hart: Hart, program: Served, asks: int, replies: int) -> None:
        self._hart = hart
        self._program = program
        self._asks = asks
        self._replies = replies
        self._pending = b""
        self._kind = -1

    # As a generator.

    def send(self, value: Any) -> tuple[Any, ...]:
        """Write the reply to the last request; return the next."""
        try:
            if self._kind == frames.READ:
                self.write(self._head(0) + value)
            elif self._kind == frames.SERIES:
                self.write(self._head(len(value)) + _row_replies(value))
            elif self._kind == frames.POLL and isinstance(value, list):
                self.write(self._head(len(value), frames.BEGUN))
            else:
                self.reply(value or 0)
            return self._next_request()
        except BaseException:
            self._program.stop()
            raise

    def throw(self, error: Any, *_: Any) -> tuple[Any, ...]:
        """Write that the last request was refused; return the next."""
        try:
            status, value, data = self._program.refusal(error)
            self.reply(value, status)
            self.write(data)
            return self._next_request()
        except BaseException:
            self._program.stop()
            raise

    def close(self) -> None:
        """End the program."""
        self._program.end()

    def _next_request(self) -> tuple[Any, ...]:
        """Take frames up to a request of the hart; StopIteration when the software returned."""
        hart, program = self._hart, self._program
        while True:
            kind, first, second, third = self.frame()
            if kind <= frames.POLL:
                self._kind = kind
                if kind < frames.SERIES:
                    return self._request(kind, first, second, third)
                row = tuple(self._request(*self.frame()) for _ in range(first))
                if kind == frames.SERIES:
                    return kind, row, second
                return kind, row, third, second & 0xFF, second >> 8
            if kind == frames.EVENT:
                hart.event(program.names[first], second, third)
            elif kind == frames.THREAD:
                hart.thread(program.names[first])
            elif program.serve(kind, first, second):
                raise StopIteration

    def _request(self, kind: int, first: int, second: int, third: int) -> tuple[Any, ...]:
        if kind == frames.STORE:
            return kind, first, second, third
        return kind, first, self.take(second) if kind == frames.WRITE else second

    # Bytes.

    def frame(self) -> tuple[int, int, int, int]:
        """Return the next frame."""
        return ASK.unpack(self.take(frames.ASK_BYTES))

    def take(self, length: int) -> bytes:
        """Return the next bytes of the pipe."""
        pending = self._pending
        while len(pending) < length:
            data = os.read(self._asks, _CHUNK)
            if not data:
                self._program.lost()
            pending += data
        self._pending = pending[length:]
        return pending[:length]

    def write(self, data: bytes) -> None:
        """Write all of it."""
        try:
            while data:
                data = data[os.write(self._replies, data) :]
        except BrokenPipeError:
            self._program.lost()

    def reply(self, value: int, status: int = frames.DONE) -> None:
        """Write a reply with nothing behind it."""
        self.write(self._head(value, status))

    def _head(self, value: int, status: int = frames.DONE) -> bytes:
        return REPLY.pack(status | self._hart.lines[0] << 8, value, self._hart.now())


def _row_replies(replies: list[int | bytes | None]) -> bytes:
    """Return what follows the reply to a row: words of loads and waits, bytes of blocks."""
    words = [reply for reply in replies if isinstance(reply, int)]
    blocks = [reply for reply in replies if isinstance(reply, bytes)]
    return struct.pack(f"<{len(words)}Q", *words) + b"".join(blocks)


def pipe_kind(*, watched: bool) -> type[Pipe]:
    """Return the pipe of this run: the core port's in C, where it has one.

    What crosses that is never an object: with ``watched``, for those who look at the requests of
    the software one by one, it is the one here.
    """
    kind: type[Pipe] = Pipe if watched else getattr(core_port(), "Pipe", Pipe)
    return kind
