# SPDX-License-Identifier: Apache-2.0
"""One MicroPython process with two pipes to it, and how it ended."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import sim
from sim.errors import RunError
from sim.micropython.frames import SHARED_BYTES
from sim.micropython.interpreter import MEMORY_VARIABLE, emit_option
from sim.micropython.placement import Placement

MODULE = "sim.micropython.hart"

# How the kernel ends the process when the simulator is killed, whatever the RTOS is doing.
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_prctl = ctypes.CDLL(None).prctl


def _end_with_parent() -> None:
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Link:
    """A MicroPython process that runs ``sim.micropython.hart``.

    ``command`` starts the interpreter, ``emitter`` is one of EMITTERS, ``heap`` is the size of its
    heap in bytes, ``arguments`` are those of the hart behind the descriptors; what it prints is
    appended to ``log``. ``asks`` and ``replies`` are this side's ends of the pipes; with ``shares``
    frames and replies lie in memory instead, and ``shared`` are the descriptors of that and of two
    more pipes: one says that there are frames, one tells the process that there is a reply.
    """

    def __init__(
        self,
        command: Sequence[str],
        arguments: Sequence[str],
        *,
        emitter: str,
        heap: int,
        log: Path,
        shares: bool,
    ) -> None:
        self.emitter = emitter
        self.heap = heap
        self.log = log
        asks, asks_end = os.pipe()
        replies_end, replies = os.pipe()
        self.asks, self.replies = asks, replies
        self.shared: tuple[int, ...] = ()
        waits, handed, environment = replies_end, [], {}
        if shares:
            memory = os.memfd_create("ampsim-frames")
            os.ftruncate(memory, SHARED_BYTES)
            woken, wake_end = os.pipe()
            waits, wake = os.pipe()
            self.shared = memory, woken, wake
            handed, environment = [waits, wake_end], {MEMORY_VARIABLE: str(memory)}
        # The same end twice: one that sleeps until there is something to read, one that does not.
        polled = os.open(f"/proc/self/fd/{waits}", os.O_RDONLY | os.O_NONBLOCK)
        ends = (replies_end, polled, asks_end, *handed)
        options = [*emit_option(emitter), "-X", f"heapsize={heap}"]
        words = (",".join(map(str, ends)), *arguments, emitter)
        root = str(Path(sim.__file__).resolve().parents[1])
        try:
            with log.open("ab") as output:
                self._process = subprocess.Popen(
                    [*command, *options, "-m", MODULE, *words],
                    pass_fds=(*ends, *self.shared[:1]),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    env={"MICROPYPATH": root, "PATH": os.defpath, **environment},
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
        self.open = True
        self.placement = Placement(self._process.pid)

    def end(self) -> None:
        """End the process, whatever it is doing, and wait for its end."""
        if self.open:
            self._process.kill()
            self._process.wait()
            self.placement.release()
            self._close()

    def lost(self) -> NoReturn:
        """Raise what there is to say of a process that is gone."""
        status = self._process.wait()
        how = f"with exit code {status}" if status >= 0 else f"by {signal.Signals(-status).name}"
        raise RunError(
            f"the MicroPython process of the RTOS: expected it to run as "
            f"long as the simulation, found it ended {how}; what it printed is in {self.log}"
        )

    def _close(self) -> None:
        self.open = False
        for descriptor in (self.asks, self.replies, *self.shared):
            os.close(descriptor)
