# SPDX-License-Identifier: Apache-2.0
"""One MicroPython process and the two pipes to it: frames in, replies out, and how it ended."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import struct
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import sim
from sim.errors import RunError
from sim.micropython.frames import ASK_BYTES, MEMORY, QUERY, SNAPSHOT
from sim.micropython.same_cpu import SameCpu

MODULE = "sim.micropython.hart"
CHUNK = 4096  # more than the events of a request ever fill

ASK = struct.Struct("<QqQQ")
REPLY = struct.Struct("<3Q")


# How the kernel ends the process when the simulator is killed, whatever the RTOS is doing.
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_prctl = ctypes.CDLL(None).prctl


def _end_with_parent() -> None:
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Memory(NamedTuple):
    """Bytes of MicroPython's heap: most that were ever alive at a sample, alive now."""

    peak: int
    alive: int


class Link:
    """A MicroPython process that runs ``sim.micropython.hart``.

    ``command`` starts the interpreter, ``heap`` is the size of its heap in bytes, ``arguments`` are
    those of the hart behind the descriptors; what it prints is appended to ``log``. Every call
    raises RunError, in one line, when the process is no longer there.
    """

    def __init__(
        self, command: Sequence[str], heap: int, arguments: Sequence[str], log: Path
    ) -> None:
        self.heap = heap
        self.log = log
        asks, asks_end = os.pipe()
        replies_end, replies = os.pipe()
        self.asks, self.replies = asks, replies
        ends = (replies_end, asks_end)
        root = str(Path(sim.__file__).resolve().parents[1])
        try:
            with log.open("ab") as output:
                self._process = subprocess.Popen(
                    [*command, "-X", f"heapsize={heap}", "-m", MODULE, *map(str, ends), *arguments],
                    pass_fds=ends,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    env={"MICROPYPATH": root, "PATH": os.defpath},
                    preexec_fn=_end_with_parent,  # noqa: PLW1509 - the simulator has no threads
                )
        except OSError as error:
            self._close()
            raise RunError(
                f"{command[0]}: expected MicroPython, found {error.strerror or error}"
            ) from None
        finally:
            for end in ends:
                os.close(end)
        self.pending = b""
        self.open = True
        self._cpu = SameCpu(self._process.pid)

    def frame(self) -> tuple[int, int, int, int]:
        """Return the next frame."""
        return ASK.unpack(self.take(ASK_BYTES))

    def take(self, length: int) -> bytes:
        """Return the next bytes of the pipe."""
        pending = self.pending
        while len(pending) < length:
            data = os.read(self.asks, CHUNK)
            if not data:
                self.lost()
            pending += data
        self.pending = pending[length:]
        return pending[:length]

    def memory(self) -> Memory:
        """Ask how much of the heap is in use; only while the process waits for a reply."""
        return Memory(*self._query(MEMORY))

    def snapshot(self) -> dict[str, Any]:
        """Ask the RTOS what its threads wait for; only while the process waits for a reply.

        RunError when it cannot say.
        """
        length, is_json = self._query(SNAPSHOT)
        text = self.take(length).decode()
        if not is_json:
            raise RunError(f"the RTOS in MicroPython: expected a snapshot of it, found {text}")
        snapshot: dict[str, Any] = json.loads(text)
        return snapshot

    def _query(self, wanted: int) -> tuple[int, int]:
        """Return two words of a frame that comes out of turn."""
        self.write(REPLY.pack(QUERY, wanted, 0))
        kind, first, second, _ = self.frame()
        if kind != wanted:
            raise RunError(f"the MicroPython process: expected frame {wanted}, found {kind}")
        return first, second

    def end(self) -> None:
        """End the process, whatever it is doing, and wait for its end."""
        if self.open:
            self._process.kill()
            self._process.wait()
            self._cpu.release()
            self._close()

    def lost(self) -> NoReturn:
        """Raise what there is to say of a process that is gone."""
        status = self._process.wait()
        how = f"with exit code {status}" if status >= 0 else f"by {signal.Signals(-status).name}"
        raise RunError(
            f"the MicroPython process of the RTOS: expected it to run as "
            f"long as the simulation, found it ended {how}; what it printed is in {self.log}"
        )

    def write(self, data: bytes) -> None:
        """Write all of a reply."""
        try:
            done = os.write(self.replies, data)
            while done < len(data):
                done += os.write(self.replies, data[done:])
        except BrokenPipeError:
            self.lost()

    def _close(self) -> None:
        self.open = False
        for descriptor in (self.asks, self.replies):
            os.close(descriptor)
