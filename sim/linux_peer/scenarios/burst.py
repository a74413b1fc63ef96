# SPDX-License-Identifier: Apache-2.0
"""More messages at once than the rings hold: the kernel waits for buffers, nothing is lost."""

from __future__ import annotations

from sim.linux_peer.scenarios.peer_scenario import PeerScenario
from sim.scenarios.scenario import Check


class Burst(PeerScenario):
    """A program sends all messages without reading, then reads what came back."""

    name = "burst"
    summary = "more messages at once than the rings hold, all of them echoed"
    default_count = 600

    def kernel_script(self) -> str:
        """Run the program."""
        return f"wait_for /dev/rpmsg0\nrpmsg_tool burst /dev/rpmsg0 {self.count}\n"

    def checks(self) -> dict[str, Check]:
        """Every message came back."""
        expected = f"burst {self.count} sent, {self.count} came back"
        return {"all_came_back": self.said("burst", expected)}
