# SPDX-License-Identifier: Apache-2.0
"""Boot firmware of the boards: what runs on the harts before Linux and the RTOS do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sim.boot.chain import BootChain
from sim.boot.jh7110 import Jh7110Chain
from sim.boot.v821 import V821Chain

if TYPE_CHECKING:
    from sim.inside.session import Session

__all__ = ("BootChain", "make_chain")

_CHAINS: dict[str, Callable[[Session], BootChain]] = {"jh7110": Jh7110Chain, "v821": V821Chain}


def make_chain(session: Session) -> BootChain:
    """Return the boot chain of the session's board; it reads the session when a hart starts."""
    return _CHAINS[session.board.soc](session)
