# SPDX-License-Identifier: Apache-2.0
"""The rulebook of notifications: software mailbox with IPIs, and message box."""

from __future__ import annotations

from sim.referee.rule import Severity, chapter

kick_rule = chapter("kick")
mailbox_rule = chapter("mailbox")
msgbox_rule = chapter("msgbox")
ipi_rule = chapter("ipi")

SPURIOUS = kick_rule(
    "without-publish",
    "VirtIO 1.2, 2.7.13.4; Linux kicks without news only when a ring is full",
    "a notification follows a published index",
)
MISSING = kick_rule(
    "missing",
    "VirtIO 1.2, 2.7.7.2 and 2.7.13.4.1",
    "a published index is followed by a notification while the other side wants one",
)
EARLY = kick_rule(
    "early",
    "VirtIO 1.2, 3.1.1",
    "the driver sends no notification before DRIVER_OK",
)
MAILBOX_SIDE = mailbox_rule(
    "wrong-side",
    "StarFive gen 1: READY -> BUSY (sender) -> DONE (receiver) -> READY (sender)",
    "a state of the mailbox is entered by the side that may",
)
MAILBOX_VALUE = mailbox_rule(
    "value",
    "StarFive gen 1: READY 0, BUSY 1, DONE 2",
    "a state of the mailbox is READY, BUSY or DONE",
)
MAILBOX_DONE = mailbox_rule(
    "done-unasked",
    "StarFive gen 1: the receiver answers BUSY",
    "DONE follows BUSY",
)
MAILBOX_UNANSWERED = mailbox_rule(
    "unanswered",
    "StarFive gen 1: the receiver answers BUSY with DONE",
    "a mailbox that is BUSY becomes DONE within the time that the receiver has",
)
IPI_UNANSWERED = ipi_rule(
    "unanswered",
    "RISC-V CLINT: the receiver clears msip",
    "an inter-processor interrupt is taken within the time that the receiver has",
)
MSGBOX_FULL = msgbox_rule(
    "overflow",
    "Allwinner MSGBOX: a FIFO of 8 words; the sender looks at the count",
    "no word is sent to a full FIFO",
)
MSGBOX_EMPTY = msgbox_rule(
    "empty",
    "Allwinner MSGBOX: words are read while the count is not 0",
    "no word is read from an empty FIFO",
    Severity.WARNING,
)
MSGBOX_SIDE = msgbox_rule(
    "wrong-side",
    "Allwinner MSGBOX v2: each side reads its own block and writes the other's",
    "a FIFO is written by one side and read by the other",
)
MSGBOX_WORD = msgbox_rule(
    "word",
    "Allwinner sunxi_rproc.c: notify ids, and 0xF3F30301 asks for a stop",
    "a word on the channel of the link is a notify id that the link has, or asks for a stop",
)
MSGBOX_ALTERED = msgbox_rule(
    "altered",
    "scoreboard",
    "the receiver reads the words that were sent, in their order",
)
MSGBOX_UNANSWERED = msgbox_rule(
    "unanswered",
    "Allwinner MSGBOX: the receiver reads its FIFO",
    "a word is read within the time that the receiver has",
)
