# SPDX-License-Identifier: Apache-2.0
"""What a scenario is: who runs what, what is measured, and what has to hold at the end."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

if TYPE_CHECKING:
    from sim.inside.session import Session


class Check(NamedTuple):
    """One thing that has to hold; ``reason`` says what was found, in both cases."""

    passed: bool
    reason: str


class Scenario(ABC):
    """Base of all scenarios; one instance serves one run, inside the simulator.

    ``app`` is the RTOS application started at boot (a module of ``rtos_side.apps``), ``linux`` says
    whether Linux boots too, ``unit`` names what ``count`` counts, ``medium`` what a board with a
    choice boots from: on V821 Linux itself starts the RTOS from "spi-nand", a boot loader else.
    ``mainline`` leaves out the vendor's drivers on the rpmsg bus; ``remoteproc`` says that it needs
    a board whose Linux starts and stops the RTOS; ``rtos_options`` are further keys of the board
    description that the firmware carries. A run without progress for ``hang_after_ns`` of simulated
    time is explained, and ended when nothing in it would go on by itself. ``breaks_rules`` are
    rules of the referee that it breaks on purpose.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    app: ClassVar[str]
    linux: ClassVar[bool] = True
    unit: ClassVar[str] = "messages"
    default_count: ClassVar[int] = 1000
    medium: ClassVar[str] = "spi-nand"
    mainline: ClassVar[bool] = False
    remoteproc: ClassVar[bool] = False
    look_every_us: ClassVar[int] = 50
    hang_after_ns: ClassVar[int] = 100_000_000
    rtos_options: ClassVar[dict[str, Any]] = {}
    breaks_rules: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, session: Session) -> None:
        self.session = session
        self.count = session.config.count

    def prepare(self) -> None:
        """Install measures and watchers; called before the first hart leaves reset."""

    async def script(self) -> None:
        """Run as a Linux process once Linux is up; the run ends when it returns."""

    def look_in(self, now_ns: int) -> None:
        """Called every ``look_every_us``: the place to type on a console at a given time."""

    def done(self) -> int:
        """Return how much of ``count`` has been done, for the progress display."""
        return 0

    def time_limit_ns(self) -> int:
        """Return the simulated time after which the run counts as stuck."""
        return 5_000_000_000 + self.count * 1_000_000

    @abstractmethod
    def checks(self) -> dict[str, Check]:
        """Return what was checked at the end; the run has passed when all of it holds."""

    def details(self) -> dict[str, Any]:
        """Return further entries of the result file, for example log lines."""
        return {}
