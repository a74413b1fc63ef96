# SPDX-License-Identifier: Apache-2.0
"""The rulebook of RPBuf's control frames (channel ``rpbuf-service``)."""

from __future__ import annotations

from sim.referee.rule import chapter

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
