# SPDX-License-Identifier: Apache-2.0
"""Messages from a real program to the RTOS's echo service and back, through /dev/rpmsg0."""

from __future__ import annotations

import re
from typing import Any

from sim.linux_peer.scenarios.peer_scenario import PeerScenario
from sim.scenarios.scenario import Check

_TIMES = re.compile(r"min (\d+) avg (\d+) max (\d+) ns")


class Echo(PeerScenario):
    """The program compares each message; its own clock, which is the bench's, measures."""

    name = "echo"
    summary = "the RTOS's echo service and a real program on /dev/rpmsg0"
    app = "echo"
    default_count = 100

    def kernel_script(self) -> str:
        """Wait for the channel's device, run the program."""
        return f"wait_for /dev/rpmsg0\nrpmsg_tool echo /dev/rpmsg0 {self.count}\n"

    def checks(self) -> dict[str, Check]:
        """Every message came back as it was sent."""
        return {"all_messages_echoed": self.all_came_back("echo")}

    def details(self) -> dict[str, Any]:
        """Return the times as the program has seen them, in ns."""
        found = _TIMES.search(" ".join(self.results()))
        names = ("min", "mean", "max")
        times = dict(zip(names, map(int, found.groups()), strict=True)) if found else {}
        return {"user_space_ns": times}
