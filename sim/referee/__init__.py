# SPDX-License-Identifier: Apache-2.0
"""The referee: a passive protocol checker with its own rulebook, fed with the record stream."""

from sim.referee.offline import check_stream
from sim.referee.referee import Referee
from sim.referee.rule import RULES, Rule, Severity
from sim.referee.violations import Report, Violation

__all__ = ("RULES", "Referee", "Report", "Rule", "Severity", "Violation", "check_stream")
