# SPDX-License-Identifier: Apache-2.0
"""A remote that dies: the ring fills up, then each sender waits 15 s of simulated time."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from sim.linux_peer.scenarios.peer_scenario import PeerScenario
from sim.scenarios.scenario import Check

ECHOED = 40
ERESTARTSYS = 512
TIMEOUT_MS = 15_000
"""virtio_rpmsg_bus.c, rpmsg_send_offchannel_raw(): msecs_to_jiffies(15000)."""
TICK_SLACK_MS = 640
"""The timer wheel's granularity at that distance: up to 64 ticks of 10 ms (kernel/time/timer.c)."""


class DeadRemote(PeerScenario):
    """The RTOS stops for ever after some messages; a program sends until it is refused."""

    name = "dead-remote"
    summary = "the RTOS stops: the ring fills, senders give up after 15 s of simulated time"
    default_count = 2000
    rtos_options: ClassVar[dict[str, Any]] = {"stop_after": ECHOED}
    # On V821 the message box of a dead RTOS is soon full, and the kicks that follow are lost.
    breaks_rules = frozenset(
        ("message-not-taken", "mailbox-unanswered", "ipi-unanswered", "kick-missing")
    )

    def kernel_script(self) -> str:
        """Run the program."""
        return f"wait_for /dev/rpmsg0\nrpmsg_tool flood /dev/rpmsg0 {self.count}\n"

    def time_limit_ns(self) -> int:
        """Return more than one time-out."""
        return 40_000_000_000

    def checks(self) -> dict[str, Check]:
        """Exactly a ring of messages goes out unanswered; the error is the one the kernel leaks."""
        line = next((line for line in self.results() if line.startswith("flood")), "no flood line")
        found = re.fullmatch(r"flood (\d+) sent, then errno (\d+) after (\d+) ms", line)
        sent, error, waited = map(int, found.groups()) if found else (0, 0, 0)
        expected = ECHOED + 1 + self.session.config.ring  # it dies with a message in its hands
        inside = TIMEOUT_MS <= waited <= TIMEOUT_MS + TICK_SLACK_MS
        said = "timeout waiting for a tx buffer" in self.peer.text()
        return {
            "ring_filled": Check(sent == expected, f"{sent} sent, {expected} expected"),
            "refused": Check(error == ERESTARTSYS, f"errno {error}: {line}"),
            "timed_out": Check(inside, f"{waited} ms of simulated time"),
            "kernel_says_so": Check(said, "timeout waiting for a tx buffer"),
        }
