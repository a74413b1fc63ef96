# SPDX-License-Identifier: Apache-2.0
"""The referee: a passive protocol checker with its own rulebook.

It is fed with the record stream of a run, with what a waveform holds, or inside a cocotb bench
(:mod:`sim.referee.cocotb_monitor`).
"""

from sim.referee.offline import check_stream
from sim.referee.referee import Referee
from sim.referee.ring_layout import RingShape
from sim.referee.rule import RULES, Rule, Severity
from sim.referee.setup import ANY_RING, Doorbells, LinkSetup, MessageFifos, StateWords
from sim.referee.setup_of_board import setup_of
from sim.referee.side import Side
from sim.referee.violations import Report, Violation

__all__ = (
    "ANY_RING",
    "RULES",
    "Doorbells",
    "LinkSetup",
    "MessageFifos",
    "Referee",
    "Report",
    "RingShape",
    "Rule",
    "Severity",
    "Side",
    "StateWords",
    "Violation",
    "check_stream",
    "setup_of",
)
