# SPDX-License-Identifier: Apache-2.0
"""Starts the simulator of ``ampsim run`` before the run is prepared: each takes a core meanwhile.

Which simulator a command line needs is known for sure only when sources have been read and hashed.
Until then the command that the last such line has needed is as good as certain: its process is
started and waits. A run takes it over if it needs exactly this command, else the process is ended
and nobody has seen it. It writes nothing before it is taken over.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import sim
from sim.build.command import Command
from sim.cache import cache_root
from sim.runs.files import AHEAD_VARIABLE, LOG_FILE
from sim.runs.pipes import Pipes
from sim.runs.process import Started, end_session

# The options that decide which simulator is needed, and those with which it is not worth guessing.
_DECIDING = ("--sim", "--board", "--port", "--host")
_SELDOM = ("--waves", "--repro", "--fault", "--help", "-h")


class Ahead:
    """The simulator that a command line (``words``, behind ``run``) is expected to need.

    A context: what has not been taken over is ended with it.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._file = cache_root() / "ahead" / _key(words)
        self._waiting: _Waiting | None = None
        if any(word.startswith(_SELDOM) for word in words):
            return
        command = _recall(self._file)
        if command is not None:
            with contextlib.suppress(OSError, ValueError):
                self._waiting = _Waiting(command, int(_option(words, "--seed") or "1"))

    def __enter__(self) -> Ahead:
        return self

    def __exit__(self, *_: object) -> None:
        if self._waiting is not None:
            self._waiting.end()

    def take(self, command: Command, seed: int, run_file: Path) -> Started | None:
        """Have the simulator run what ``run_file`` says, if it is one of this command and seed.

        Else end it, and remember the command for the next time.
        """
        waiting, self._waiting = self._waiting, None
        if waiting is not None and waiting.fits(command, seed):
            return waiting.hand_over(run_file)
        if waiting is not None:
            waiting.end()
        _remember(self._file, command)
        return None


class _Waiting:
    """A simulator that waits to be told what to run; its output is kept in memory until then."""

    def __init__(self, command: Command, seed: int) -> None:
        self._wanted = (command, seed)
        self._begin = time.monotonic()
        told, self._tell = os.pipe()
        self._pipes = Pipes()
        self._output = os.memfd_create(LOG_FILE)
        try:
            self._process = command.start(
                Path.cwd(),
                self._output,
                seed,
                environment={AHEAD_VARIABLE: str(told), **self._pipes.environment()},
                pass_fds=(told, *self._pipes.writers),
            )
        except OSError:
            self._close(self._tell)
            self._pipes.close()
            raise
        finally:
            self._close(told, self._output)
            self._pipes.started()

    def fits(self, command: Command, seed: int) -> bool:
        return self._wanted == (command, seed) and self._process.poll() is None

    def hand_over(self, run_file: Path) -> Started:
        (run_file.parent / LOG_FILE).write_bytes(b"")
        with contextlib.suppress(BrokenPipeError):  # it has just died: whoever waits for it says so
            os.write(self._tell, bytes(run_file))
        self._close(self._tell)
        return Started(self._process, self._pipes, self._begin)

    def end(self) -> None:
        end_session(self._process)
        self._close(self._tell)
        self._pipes.close()

    @staticmethod
    def _close(*descriptors: int) -> None:
        for descriptor in descriptors:
            os.close(descriptor)


def _option(words: Sequence[str], name: str) -> str | None:
    """Return the value of an option as it was typed, the last one."""
    value = None
    for place, word in enumerate(words):
        if word == name:
            value = "".join(words[place + 1 : place + 2])
        elif word.startswith(f"{name}="):
            value = word.partition("=")[2]
    return value


def _key(words: Sequence[str]) -> str:
    """Return a name for what decides: the options, the project, its Python."""
    decides = [_option(words, name) for name in _DECIDING]
    place = (sim.__file__, sys.executable, sys.path)
    return hashlib.sha256(repr((decides, place)).encode()).hexdigest()[:20]


def _recall(file: Path) -> Command | None:
    """Return the command that is remembered; None when there is none that can be read."""
    try:
        words, environment = json.loads(file.read_text())
        return Command(words, environment)
    except (OSError, ValueError, TypeError):
        return None


def _remember(file: Path, command: Command) -> None:
    """Keep a command; a cache that cannot be written costs time, nothing else."""
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            partial.write_text(json.dumps(command))
            partial.replace(file)
        finally:
            partial.unlink(missing_ok=True)
