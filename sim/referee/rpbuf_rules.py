# SPDX-License-Identifier: Apache-2.0
"""The rulebook of RPBuf: its control frames (channel ``rpbuf-service``) and its buffers."""

from __future__ import annotations

from sim.referee.rule import Severity, chapter

rule = chapter("rpbuf")
_SOURCE = "Allwinner drivers/rpbuf/rpbuf_core.c"

FRAME_LENGTH = rule(
    "frame-length",
    f"{_SOURCE}: 'rpbuf service message length'",
    "a frame is as long as its header says, and at most 128 bytes",
)
FRAME_MARKS = rule(
    "frame-marks",
    f"{_SOURCE}: preamble 0xA, postamble 0x5",
    "a frame begins with 0xA and ends with 0x5",
)
COMMAND = rule("command", f"{_SOURCE}: commands 1 to 4", "a frame has a command that exists")
CONTENT = rule(
    "content-length",
    f"{_SOURCE}: each command has one content",
    "the content of a frame is as long as its command asks for",
)
NAME = rule("name", f"{_SOURCE}: names of 1 to 31 characters", "a buffer has a name with a NUL")
MEMORY = rule(
    "memory-outside",
    "the board's devicetree: the memory region of the controller",
    "a buffer's memory lies inside the region that RPBuf has",
)
UNKNOWN = rule(
    "unknown-buffer",
    f"{_SOURCE}: buffers are found by their id",
    "data is announced, taken and freed in a buffer that both sides know",
)
RANGE = rule(
    "range",
    f"{_SOURCE}: the range check of the original is switched off",
    "announced data lies inside its buffer",
)
LENGTH_DIFFERS = rule(
    "length-differs",
    f"{_SOURCE}: 'buffer length not match with remote'",
    "both sides allocate a buffer with the same length",
)
ID_IN_USE = rule(
    "id-in-use",
    f"{_SOURCE}: the slave gives the ids",
    "two buffers that the RTOS has do not have the same id",
)
OVERLAP = rule(
    "memory-overlap",
    "Allwinner rpbuf_controller_sunxi.c: memory is freed when both sides have freed the buffer",
    "two buffers that exist have no byte of memory in common",
)
ACK_UNASKED = rule(
    "ack-unasked",
    f"{_SOURCE}: who announces with SYNC waits for one ACK",
    "an ACK answers data that was announced with SYNC",
)
NOT_OWNER = rule(
    "written-by-other",
    f"{_SOURCE}: both sides allocate a buffer and free it",
    "a side writes only into buffers that it has; Linux, which places them, also between them",
)
BEFORE_ACK = rule(
    "written-before-ack",
    f"{_SOURCE}: who announces with SYNC waits for the ACK",
    "data that is announced with SYNC is not changed by its sender before the ACK",
)
ALTERED = rule(
    "altered", "contents of the buffers", "the receiver reads the bytes that were announced"
)
OVERWRITTEN = rule(
    "overwritten-unread",
    "Allwinner rpbuf_dev.c: 'previous recv data not treated'",
    "announced data is not overwritten before the receiver has read it",
    Severity.WARNING,
)
UNWRITTEN = rule(
    "announced-unwritten",
    "contents of the buffers; Linux clears a buffer's memory when it allocates it",
    "announced data was written, not only cleared",
    Severity.WARNING,
)
AGAIN = rule(
    "announced-again",
    "contents of the buffers",
    "what a side announces again was written since",
    Severity.WARNING,
)
