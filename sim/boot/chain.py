# SPDX-License-Identifier: Apache-2.0
"""What every board's boot chain is to the session: software for each hart that leaves reset."""

from __future__ import annotations

from typing import Protocol

from sim.boot.log import BootLog
from sim.core import Hart, Software


class BootChain(Protocol):
    """The code that a board's harts meet out of reset, up to Linux and the RTOS.

    ``log`` is what its stages have said, ``stages`` their names in the order they have to run in.
    """

    log: BootLog
    stages: tuple[str, ...]

    def start(self, hart: Hart, address: int) -> Software | None:
        """Return the software of ``hart``, which leaves reset at ``address``; None: it has none."""
