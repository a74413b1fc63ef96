# SPDX-License-Identifier: Apache-2.0
"""The software of a hart whose program runs in MicroPython: what that asks goes to the core port.

The pipe writes a reply and reads the next request; the simulation stands still in between. So a run
is the same as with the program in CPython, clock by clock: only the interpreter is another. What is
not needed in every request is here.
"""

from __future__ import annotations

import contextlib
import json
from typing import Any, NamedTuple, NoReturn

from sim.core import BusFault, Hart, Software
from sim.errors import RunError
from sim.firmware.errors import BootError
from sim.micropython import frames
from sim.micropython.files import Files
from sim.micropython.link import Link
from sim.micropython.pipe import Pipe


class Memory(NamedTuple):
    """Bytes of MicroPython's heap: most that were ever alive at a sample, alive now."""

    peak: int
    alive: int


class Program:
    """A firmware in a MicroPython process: ``link`` is new, ``files`` are those of the image.

    ``pipe`` is the kind of pipe that stands in for the software of the hart.

    ``loaded`` is what was alive in the heap before its software began, ``memory`` the heap at its
    end: both None as long as there was no such moment.
    """

    def __init__(self, hart: Hart, link: Link, files: Files, entry: str, pipe: type[Pipe]) -> None:
        self._hart = hart
        self._link = link
        self._files = files
        self._entry = entry
        self.names: list[str] = []
        self.loaded: int | None = None
        self.memory: Memory | None = None
        self._pipe = pipe(hart, self, link.asks, link.replies, *link.shared)
        self._pipe.polls = link.placement.polls

    def run(self) -> Software:
        """Return the software of the hart. Closed, it ends the process."""
        self._hart.faults(BusFault)
        return self._pipe

    def end(self) -> None:
        """End the process, if it is still there; note its memory, if it waits for a reply."""
        if self._link.open:
            with contextlib.suppress(RunError):  # it has died, and nobody has asked it since
                self.memory = Memory(*self._query(frames.MEMORY))
            self._link.end()

    def snapshot(self) -> dict[str, Any]:
        """Ask the RTOS what its threads wait for; only while the process waits for a reply.

        RunError when it cannot say.
        """
        length, is_json = self._query(frames.SNAPSHOT)
        text = self._pipe.take(length).decode()
        if not is_json:
            raise RunError(f"the RTOS in MicroPython: expected a snapshot of it, found {text}")
        snapshot: dict[str, Any] = json.loads(text)
        return snapshot

    def _query(self, wanted: int) -> tuple[int, int]:
        """Return two words of a frame that comes out of turn."""
        self._pipe.reply(wanted, frames.QUERY)
        kind, first, second, _ = self._pipe.frame()
        if kind != wanted:
            _unexpected(kind)
        return first, second

    # What the pipe calls.

    def stop(self) -> None:
        """End the process: no request follows."""
        self._link.end()

    def lost(self) -> NoReturn:
        """Raise what there is to say of a process that is gone."""
        self._link.lost()

    def look(self) -> None:
        """Look how the two processes get on with each other."""
        self._link.placement.look()
        self._pipe.polls = self._link.placement.polls

    def refusal(self, error: BaseException) -> tuple[int, int, bytes]:
        """Return the reply that an exception of the core port is: status, value, what is behind it.

        It is a BusFault, or for what is no request one of Python's own.
        """
        if isinstance(error, BusFault):
            return frames.FAULT, error.address | error.response << 32, b""
        data = f"{error}".encode()
        return frames.REFUSED, len(data), data

    def serve(self, kind: int, first: int, second: int) -> bool:
        """Answer what the interpreter asks for itself; tell whether its software has returned."""
        pipe = self._pipe
        if kind == frames.NAME:
            self.names.append(pipe.take(first).decode())
            pipe.reply(0)
        elif kind == frames.STAT:
            pipe.reply(self._files.stat(pipe.take(first).decode()))
        elif kind == frames.OPEN:
            data = self._files.open(pipe.take(first).decode())
            pipe.reply(len(data))
            pipe.write(data)
        elif kind == frames.STARTED:
            self.loaded = first
            self._hart.snapshot = self.snapshot if second else None
            pipe.reply(0)
        elif kind == frames.ENDED:
            self._ended(pipe.take(first).decode(), second)
            return True
        else:
            _unexpected(kind)
        return False

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
        if self._link.emitter == "native":  # which knows no lines
            where = "--rtos-emit bytecode has a traceback"
        if phase == frames.LOADING:
            raise BootError(f"firmware entry {self._entry}: {text} ({where})")
        raise RunError(f"hart {self._hart.hart_id}: {text} ({where})")


def _unexpected(kind: int) -> NoReturn:
    raise RunError(f"the MicroPython process: expected a frame, found one of kind {kind}")
