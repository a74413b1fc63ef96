# SPDX-License-Identifier: Apache-2.0
"""The pipes from a simulator's process: its progress and, where a referee looks on, its records."""

from __future__ import annotations

import contextlib
import fcntl
import os
import selectors
from collections.abc import Callable, Mapping

from sim.runs.progress import PROGRESS_FD
from sim.runs.record_pipe import RECORDS_FD

Taker = Callable[[bytes], None]
_CAPACITIES = {PROGRESS_FD: 1 << 16, RECORDS_FD: 1 << 20}
"""Bytes that a reader may be behind before the simulator waits for it, where the kernel allows that
many (/proc/sys/fs/pipe-max-size)."""
_PIECE = 1 << 18


class Pipes:
    """One pipe each for progress and records; the process finds its ends by variables."""

    def __init__(self) -> None:
        self._readers: dict[str, int] = {}
        self._writers: dict[str, int] = {}
        for name, capacity in _CAPACITIES.items():
            self._readers[name], self._writers[name] = os.pipe()
            with contextlib.suppress(OSError):
                fcntl.fcntl(self._writers[name], fcntl.F_SETPIPE_SZ, capacity)

    @property
    def writers(self) -> tuple[int, ...]:
        """Return the descriptors that the process has to inherit."""
        return tuple(self._writers.values())

    def environment(self) -> dict[str, str]:
        """Return the variables that name them."""
        return {name: str(writer) for name, writer in self._writers.items()}

    def started(self) -> None:
        """Leave the writing ends to the process, whether or not it could be started."""
        for writer in self._writers.values():
            os.close(writer)
        self._writers.clear()

    def follow(self, takers: Mapping[str, Taker]) -> None:
        """Give what comes from each pipe to its taker until the process has closed them all."""
        with selectors.DefaultSelector() as selector:
            for name, take in takers.items():
                selector.register(self._readers[name], selectors.EVENT_READ, take)
            while selector.get_map():
                for key, _ in selector.select():
                    data = os.read(key.fd, _PIECE)
                    if data:
                        key.data(data)
                    else:
                        selector.unregister(key.fd)

    def close(self) -> None:
        """Read no more; the process goes on without a listener."""
        for reader in self._readers.values():
            os.close(reader)
        self._readers.clear()
