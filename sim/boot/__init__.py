# SPDX-License-Identifier: Apache-2.0
"""Boot firmware of the boards: what runs on the harts before Linux and the RTOS do."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.boot.chain import BootChain
    from sim.inside.session import Session

__all__ = ("make_chain",)

# The stages of the other board are not imported.
_CHAINS = {"jh7110": "Jh7110Chain", "v821": "V821Chain"}


def make_chain(session: Session) -> BootChain:
    """Return the boot chain of the session's board; it reads the session when a hart starts."""
    soc = session.board.soc
    chain: BootChain = getattr(import_module(f"sim.boot.{soc}"), _CHAINS[soc])(session)
    return chain
