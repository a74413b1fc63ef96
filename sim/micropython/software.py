# SPDX-License-Identifier: Apache-2.0
"""The software of a hart whose program runs in MicroPython: what that asks goes to the core port.

One generator, as every software of a hart. It writes a reply to the pipe and reads the next request
from it; the simulation stands still in between. So a run is the same as with the program in
CPython, clock by clock: only the interpreter is another.
"""

from __future__ import annotations

import contextlib
import os
from typing import Any

from sim.core import BusFault, Hart, Software
from sim.errors import RunError
from sim.firmware.errors import BootError
from sim.micropython import frames
from sim.micropython.files import Files
from sim.micropython.link import ASK, CHUNK, REPLY, Link, Memory

# The requests that are one frame with nothing after it.
_SHORT = frozenset((frames.LOAD, frames.STORE, frames.READ, frames.WAIT))


class Program:
    """A firmware in a MicroPython process: ``link`` is new, ``files`` are those of the image.

    ``loaded`` is what was alive in the heap before its software began, ``memory`` the heap at its
    end: both None as long as there was no such moment.
    """

    def __init__(self, hart: Hart, link: Link, files: Files, entry: str) -> None:
        self._hart = hart
        self._link = link
        self._files = files
        self._entry = entry
        self._names: list[str] = []
        self.loaded: int | None = None
        self.memory: Memory | None = None

    def run(self) -> Software:
        """Return the software of the hart. Closed, it ends the process."""
        hart, link = self._hart, self._link
        now, lines = hart.now, hart.lines
        read, write, unpack, pack = os.read, os.write, ASK.unpack, REPLY.pack
        asks, replies = link.asks, link.replies
        hart.faults(BusFault)
        request: tuple[Any, ...]
        try:
            link.write(pack(0, 0, now()))
            while True:
                data = read(asks, CHUNK)
                if len(data) == frames.ASK_BYTES and data[0] in _SHORT:
                    kind, first, second, third = unpack(data)
                    request = (kind, first, second, third) if kind == 1 else (kind, first, second)
                else:
                    link.pending = data
                    found = self._next_request()
                    if found is None:
                        return
                    request = found
                    kind = request[0]
                try:
                    value = yield request
                except BusFault as fault:
                    word = fault.address | fault.response << 32
                    link.write(pack(frames.FAULT | lines[0] << 8, word, now()))
                except Exception as error:  # of the core port, for what is no request
                    self._refuse(error)
                else:
                    if value is None:
                        write(replies, pack(lines[0] << 8, 0, now()))
                    elif kind == frames.READ:
                        link.write(pack(lines[0] << 8, 0, now()) + value)
                    else:
                        write(replies, pack(lines[0] << 8, value, now()))
        except BrokenPipeError:
            link.lost()
        except GeneratorExit:
            self.end()
            raise
        finally:
            link.end()

    def end(self) -> None:
        """End the process, which waits for a reply, if it is still there; note its memory."""
        if self._link.open:
            with contextlib.suppress(RunError):  # it has died, and nobody has asked it since
                self.memory = self._link.memory()
            self._link.end()

    def _refuse(self, error: Exception) -> None:
        text = f"{error}".encode()
        head = REPLY.pack(frames.REFUSED | self._hart.lines[0] << 8, len(text), self._hart.now())
        self._link.write(head + text)

    def _next_request(self) -> tuple[Any, ...] | None:
        """Take frames up to a request of the hart, and return it; None: the software returned."""
        link, hart = self._link, self._hart
        while True:
            kind, first, second, third = link.frame()
            if kind == frames.EVENT:
                hart.event(self._names[first], second, third)
            elif kind == frames.THREAD:
                hart.thread(self._names[first])
            elif kind == frames.WRITE:
                return kind, first, link.take(second)
            elif kind == frames.STORE:
                return kind, first, second, third
            elif kind <= frames.WAIT:
                return kind, first, second
            elif kind == frames.ENDED:
                self._ended(link.take(first).decode(), second)
                return None
            else:
                self._serve(kind, first, second)

    def _serve(self, kind: int, length: int, has_snapshot: int) -> None:
        """Answer what the interpreter asks for itself."""
        link = self._link
        if kind == frames.NAME:
            self._names.append(link.take(length).decode())
        elif kind == frames.STAT:
            link.write(self._reply(self._files.stat(link.take(length).decode())))
        elif kind == frames.OPEN:
            data = self._files.open(link.take(length).decode())
            link.write(self._reply(len(data)) + data)
        elif kind == frames.STARTED:
            self.loaded = length
            self._hart.snapshot = link.snapshot if has_snapshot else None
            link.write(self._reply(0))
        else:
            raise RunError(f"the MicroPython process: expected a frame, found one of kind {kind}")

    def _reply(self, value: int) -> bytes:
        return REPLY.pack(self._hart.lines[0] << 8, value, self._hart.now())

    def _ended(self, text: str, phase: int) -> None:
        """Raise what has ended the program, unless it has returned."""
        if phase == frames.RETURNED:
            return
        if "MemoryError" in text:
            raise RunError(
                f"hart {self._hart.hart_id}: expected an RTOS that fits into a MicroPython heap of "
                f"{self._link.heap} bytes, found {text} (--rtos-heap changes it)"
            )
        where = f"traceback in {self._link.log}"
        if phase == frames.LOADING:
            raise BootError(f"firmware entry {self._entry}: {text} ({where})")
        raise RunError(f"hart {self._hart.hart_id}: {text} ({where})")
