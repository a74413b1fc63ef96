# SPDX-License-Identifier: Apache-2.0
"""Boot firmware of the boards: what runs on the harts before Linux and the RTOS do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.boot.chain import BootChain
from sim.boot.jh7110 import Jh7110Chain

if TYPE_CHECKING:
    from sim.inside.session import Session

__all__ = ("BootChain", "make_chain")


def make_chain(session: Session) -> BootChain:
    """Return the boot chain of the session's board; it reads the session when a hart starts."""
    return Jh7110Chain(session)
