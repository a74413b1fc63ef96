# SPDX-License-Identifier: Apache-2.0
"""What a scenario with a real kernel is: a script for its init process, and what it has to show."""

from __future__ import annotations

import re
from abc import abstractmethod
from typing import ClassVar

from sim.linux_peer.side import PeerSide
from sim.scenarios.scenario import Check, Scenario

RESULT = re.compile(r"^bench: (.*?)\s*$", re.MULTILINE)
"""A line that a script or a program of the initramfs prints as its result."""


class PeerScenario(Scenario):
    """Base: the RTOS announces the channels of Linux's own drivers, and the kernel's log counts.

    On V821 it has been started by a boot loader: the kernel has no remoteproc driver for it.
    """

    app = "channels"
    look_every_us: ClassVar[int] = 1000
    medium: ClassVar[str] = "spi-nor"

    _parsed_bytes: int = 0
    _results: tuple[str, ...] = ()

    @abstractmethod
    def kernel_script(self) -> str:
        """Return what the init process of the kernel runs; it powers off when that is over."""

    @property
    def peer(self) -> PeerSide:
        """The kernel of the run."""
        assert self.session.peer is not None
        return self.session.peer

    def results(self) -> tuple[str, ...]:
        """Return the results on the kernel's console, in order."""
        printed = self.peer.printed()
        if printed != self._parsed_bytes:  # it is asked for every ms of simulated time
            self._parsed_bytes = printed
            self._results = tuple(RESULT.findall(self.peer.text()))
        return self._results

    def said(self, start: str, expected: str) -> Check:
        """Check the last result that begins with ``start``, as a regular expression over all."""
        found = [line for line in self.results() if line.startswith(start)]
        last = found[-1] if found else f"no line '{start} ...' on the kernel's console"
        return Check(re.fullmatch(expected, last) is not None, last)

    def all_came_back(self, start: str) -> Check:
        """Check the line of a program that has echoed ``count`` messages."""
        return self.said(start, rf"{start} {self.count} of {self.count} came back, .*")

    def done(self) -> int:
        """Return the messages that the kernel has sent."""
        return self.peer.kicks[1]

    def time_limit_ns(self) -> int:
        """Return the simulated time after which the run counts as stuck."""
        return 20_000_000_000 + self.count * 1_000_000
