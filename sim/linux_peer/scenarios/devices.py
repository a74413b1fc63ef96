# SPDX-License-Identifier: Apache-2.0
"""Real programs on the devices of the kernel's own drivers: /dev/ttyRPMSG0 and /dev/rpmsg0."""

from __future__ import annotations

from sim.linux_peer.scenarios.peer_scenario import PeerScenario
from sim.scenarios.scenario import Check

TEXT = "the quick brown fox"


class Devices(PeerScenario):
    """A line through rpmsg_tty, messages through rpmsg_char, and what is too long for one."""

    name = "devices"
    summary = "/dev/ttyRPMSG0 and /dev/rpmsg0: echoes, the longest message, one byte more"
    default_count = 100

    def kernel_script(self) -> str:
        """Run the programs."""
        return f"""
wait_for /dev/ttyRPMSG0
wait_for /dev/rpmsg0
rpmsg_tool tty /dev/ttyRPMSG0 '{TEXT}'
rpmsg_tool echo /dev/rpmsg0 {self.count} 496
rpmsg_tool sizes /dev/rpmsg0
"""

    def checks(self) -> dict[str, Check]:
        """What was sent came back; a message of more than 496 bytes is refused."""
        return {
            "tty_echo": self.said("tty", f"tty {TEXT}"),
            "all_messages_echoed": self.all_came_back("echo"),
            "longest_message": self.said("write(496)", r"write\(496\) 496 ?"),
            "longest_came_back": self.said("read", "read 496"),
            "too_long_refused": self.said("write(497)", r"write\(497\) -1 Message too long"),
        }
