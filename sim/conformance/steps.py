# SPDX-License-Identifier: Apache-2.0
"""The steps of the comparison: shell lines that the model and the real kernel both run."""

from __future__ import annotations

from typing import NamedTuple

NAME = "conformance"
"""Of the scenario of both hosts."""
RAW_DEVICE, TTY_DEVICE = "/dev/rpmsg0", "/dev/ttyRPMSG0"
MODULE = "/rpmsg_client_sample.ko"
SAMPLES = 100
"""Messages of the kernel's sample."""
BURST = 600
"""Messages at once: more than both rings of any size hold."""
QUIET = 20
"""Messages of a step in which the RTOS wants no kicks for the buffers that Linux offers again."""
MARK = "step"
"""First word of the line that says which step begins."""
PAUSE_MS = 300
"""Rest after each step."""
GAP_NS = 150_000_000
"""Rest by which steps are told apart in a record stream: nothing within one waits that long."""
SAMPLE_REMOTE, RAW_REMOTE = 0x400, 0x401
"""The RTOS's endpoints of the sample's channel and of rpmsg-raw (rtos_side.apps.channels)."""
CHANNEL = 0x190
"""Linux's address of the channel that is made and released by ioctl."""


class Step(NamedTuple):
    """One step; ``line`` is what the shell runs, empty for the first: link-up, with no program.

    ``raw_messages`` is how many of its messages go to the RTOS's endpoint of rpmsg-raw.
    """

    name: str
    line: str
    raw_messages: int = 0


_SIZES = (1, 2, 17, 240, 495, 496)
_LONG_LINE = "0123456789" * 60
"""More than a message holds, and than one would have to wait for with rings of 2."""

STEPS = (
    Step("link-up", ""),
    *(Step(f"echo of {size}", f"rpmsg_tool echo {RAW_DEVICE} 3 {size}", 3) for size in _SIZES),
    Step("496 and 497 bytes", f"rpmsg_tool sizes {RAW_DEVICE}", 1),
    Step("line through rpmsg_tty", f"rpmsg_tool tty {TTY_DEVICE} hello"),
    Step("long line", f"rpmsg_tool tty {TTY_DEVICE} {_LONG_LINE}"),
    Step("errors", f"rpmsg_tool errors {RAW_DEVICE} {RAW_REMOTE:#x}", 3),
    Step("endpoint by ioctl", f"rpmsg_tool endpoint bench 0x90 {RAW_REMOTE:#x}", 10),
    Step("channel by ioctl", f"rpmsg_tool channel rpmsg-raw {CHANNEL:#x} {RAW_REMOTE:#x}"),
    Step("client sample", f"insmod {MODULE} count={SAMPLES}"),
    Step("burst", f"rpmsg_tool burst {RAW_DEVICE} {BURST}", BURST),
    Step("kicks unwanted", f"rpmsg_tool burst {RAW_DEVICE} {QUIET}", QUIET),
    Step(
        "dead remote",
        f"rpmsg_tool flood {RAW_DEVICE} 2000; rpmsg_tool full {RAW_DEVICE} {TTY_DEVICE}",
    ),
)
"""In the order in which they run. The last has no end of its own: all that follows is of it."""

STOP_AFTER = sum(step.raw_messages for step in STEPS)
RTOS_OPTIONS = {"stop_after": STOP_AFTER, "no_kick_after": STOP_AFTER - QUIET}
"""Messages on a channel after which the RTOS stops for ever, and wants no kicks: more than the
sample sends."""
