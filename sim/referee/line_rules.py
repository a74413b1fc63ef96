# SPDX-License-Identifier: Apache-2.0
"""The rulebook of the interrupt lines that doorbells raise."""

from __future__ import annotations

from sim.referee.rule import chapter

rule = chapter("line")

MISSING = rule(
    "missing",
    "RISC-V CLINT: msip drives the line; Allwinner MSGBOX: status and enable drive it",
    "a doorbell raises the interrupt line of the other side",
)
WITHOUT_CAUSE = rule(
    "without-cause",
    "RISC-V CLINT: msip drives the line; Allwinner MSGBOX: status and enable drive it",
    "the interrupt line of a doorbell goes up when it was rung, and only then",
)
LOST = rule(
    "lost",
    "RISC-V CLINT, Allwinner MSGBOX: what is set while it is cleared stays set",
    "a doorbell that is rung while the line is up is not cleared with the one before it",
)
