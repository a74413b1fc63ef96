# SPDX-License-Identifier: Apache-2.0
"""A thread that asks as the hart in a MicroPython process does, and notes each reply."""

from __future__ import annotations

import mmap
import os
import struct
import threading
import time
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple, NoReturn

from sim.errors import RunError
from sim.micropython import frames
from sim.micropython.files import Files
from sim.micropython.pipe import Pipe
from sim.micropython.software import Program
from tests.sim.port_machine import HART, Machine

FRAME = struct.Struct("<4Q")
HEAD = struct.Struct("<3Q")
AT_ONCE = 100  # frames of one write into the shared memory


class Ask(NamedTuple):
    """A frame, and what is behind it: the requests of a row, or data."""

    kind: int
    first: int = 0
    second: int = 0
    third: int = 0
    row: tuple[Ask, ...] = ()
    data: bytes = b""

    def pieces(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield each frame and the data behind it."""
        words = (self.kind, self.first % 2**64, self.second, self.third)
        yield FRAME.pack(*words), self.data
        for request in self.row:
            yield from request.pieces()

    def behind(self, status: int, value: int) -> int:
        """Return how many bytes are behind its reply."""
        if status == frames.REFUSED:
            return value
        if status != frames.DONE:
            return 0
        if self.kind == frames.READ:
            return self.second
        done = self.row[:value] if self.kind == frames.SERIES else ()
        return 8 * _words(done) + sum(ask.second for ask in done if ask.kind == frames.READ)

    def fits(self, status: int) -> bool:
        """Tell whether what is behind its reply lies in memory, where there is some."""
        row = self.kind == frames.SERIES and status == frames.DONE
        reads = any(ask.kind == frames.READ for ask in self.row)
        return row and not reads and _words(self.row) < frames.ROW


def _words(asks: Sequence[Ask]) -> int:
    return sum(ask.kind in (frames.LOAD, frames.WAIT) for ask in asks)


class Reply(NamedTuple):
    """The three words of a reply and what is behind it."""

    word: int
    value: int
    clock: int
    behind: bytes


class InPipes:
    """Frames and replies in two pipes."""

    def __init__(self) -> None:
        self.asks, self._asks_end = os.pipe()
        self._replies_end, self.replies = os.pipe()
        self.shared: tuple[int, ...] = ()

    def write(self, pieces: Sequence[tuple[bytes, bytes]]) -> None:
        """Write frames, each with the data behind it."""
        self.write_data(b"".join(frame + data for frame, data in pieces))

    def write_data(self, data: bytes) -> None:
        """Write bytes of no frame."""
        while data:
            data = data[os.write(self._asks_end, data) :]

    def head(self) -> bytes:
        """Return the head of the next reply."""
        return self.read(HEAD.size)

    def behind(self, length: int, _fits: bool) -> bytes:
        """Return what is behind it."""
        return self.read(length)

    def read(self, length: int) -> bytes:
        """Return the next bytes of the pipe; EOFError when the port has closed it."""
        data = b""
        while len(data) < length:
            more = os.read(self._replies_end, length - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def close_ends(self) -> None:
        """Be gone, as a process that has died."""
        os.close(self._asks_end)
        os.close(self._replies_end)

    def close(self) -> None:
        """Close the port's ends."""
        for end in (self.asks, self.replies, *self.shared):
            os.close(end)


class InMemory(InPipes):
    """Frames and replies in memory, all other bytes in the pipes."""

    def __init__(self) -> None:
        super().__init__()
        memory = os.memfd_create("frames")
        os.ftruncate(memory, frames.SHARED_BYTES)
        woken, self._wake_end = os.pipe()
        self._woken_end, wake = os.pipe()
        self.shared = memory, woken, wake
        self._memory = mmap.mmap(memory, frames.SHARED_BYTES)
        self._set(frames.HART_SLEEPS, 1)  # a byte comes with each reply
        self._seen = 0

    def _half(self, at: int) -> int:
        half: int = struct.unpack_from("<I", self._memory, 4 * at)[0]
        return half

    def _set(self, at: int, value: int) -> None:
        struct.pack_into("<I", self._memory, 4 * at, value)

    def write(self, pieces: Sequence[tuple[bytes, bytes]]) -> None:
        """Write frames: what is written at once ends at the latest where data follow."""
        kept = b""
        for frame, data in pieces:
            kept += frame
            if data or len(kept) == AT_ONCE * FRAME.size:
                self._put(kept)
                self.write_data(data)
                kept = b""
        if kept:
            self._put(kept)

    def _put(self, data: bytes) -> None:
        asked = self._half(frames.ASKED)
        while self._half(frames.TAKEN) != asked:
            time.sleep(1e-4)
        self._memory[4 * frames.FRAMES : 4 * frames.FRAMES + len(data)] = data
        self._set(frames.ASKED_BYTES, len(data))
        self._set(frames.ASKED, asked + 1)
        os.write(self._wake_end, b"!")  # whether it sleeps or not

    def head(self) -> bytes:
        """Return the head of the next reply."""
        while self._half(frames.REPLIED) == self._seen:
            if not os.read(self._woken_end, 1):
                raise EOFError
        self._seen += 1
        at = 4 * frames.REPLY
        return self._memory[at : at + HEAD.size]

    def behind(self, length: int, fits: bool) -> bytes:
        """Return what is behind it: in memory if it ``fits`` there, else in the pipe."""
        assert self._half(frames.BEHIND_BYTES) == (length if fits else 0)
        if not fits:
            return self.read(length)
        at = 4 * frames.REPLY + HEAD.size
        return self._memory[at : at + length]

    def close_ends(self) -> None:
        """Be gone, as a process that has died."""
        super().close_ends()
        os.close(self._wake_end)
        os.close(self._woken_end)
        self._memory.close()


class OtherEnd:
    """A hart that writes one tuple of ``writes`` after another: the last ask of each is replied to.

    It answers a query with how many replies it has, and ends as a process does whose software has
    returned, or with ``dies`` like one that was killed.
    """

    def __init__(
        self,
        machine: Machine,
        kind: type[Pipe],
        writes: Sequence[tuple[Ask, ...]],
        *,
        shares: bool,
        dies: bool,
    ) -> None:
        self.replies: list[Reply] = []
        self._writes = writes
        self._dies = dies
        self._ways = InMemory() if shares else InPipes()
        self.hart: Any = SimpleNamespace(
            index=HART,
            hart_id=1,
            lines=machine.lines,
            now=machine.port.now,
            event=lambda *words: machine.port.event(HART, *words),
            thread=lambda name: machine.port.thread(HART, name),
            faults=lambda kind: None,
            snapshot=None,
        )
        link: Any = SimpleNamespace(
            asks=self._ways.asks,
            replies=self._ways.replies,
            shared=self._ways.shared,
            placement=SimpleNamespace(polls=0, look=lambda: None),
            lost=_lost,
            end=lambda: None,
            log="a log",
            emitter="bytecode",
        )
        self.program = Program(self.hart, link, Files({}), "entry", kind)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> OtherEnd:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ways.close()
        self._thread.join(10)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._receive(Ask(frames.STARTED))
            for write in self._writes:
                self._ways.write([piece for ask in write for piece in ask.pieces()])
                self._receive(write[-1])
            if not self._dies:
                self._ways.write([*Ask(frames.ENDED, 0, frames.RETURNED).pieces()])
        except (EOFError, BrokenPipeError):
            pass  # the run has ended before
        finally:
            self._ways.close_ends()

    def _receive(self, ask: Ask) -> None:
        while True:
            word, value, clock = HEAD.unpack(self._ways.head())
            status = word & 0xFF
            if status != frames.QUERY:
                behind = self._ways.behind(ask.behind(status, value), ask.fits(status))
                self.replies.append(Reply(word, value, clock, behind))
                return
            self._ways.write([*Ask(frames.MEMORY, len(self.replies)).pieces()])


def _lost() -> NoReturn:
    raise RunError("the other end is gone")
