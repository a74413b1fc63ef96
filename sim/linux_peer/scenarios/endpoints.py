# SPDX-License-Identifier: Apache-2.0
"""The ioctls of /dev/rpmsg_ctrl0: endpoints and channels that user space makes and takes away."""

from __future__ import annotations

from sim.linux_peer.scenarios.peer_scenario import PeerScenario
from sim.scenarios.scenario import Check


class Endpoints(PeerScenario):
    """Makes an endpoint and echoes through it, makes a channel and releases it, again and again."""

    name = "endpoints"
    summary = "endpoints and channels created and released by ioctl"
    unit = "rounds"
    default_count = 5

    def kernel_script(self) -> str:
        """Run the rounds: 0x401 is the RTOS's endpoint of rpmsg-raw."""
        return f"""
wait_for /dev/rpmsg_ctrl0
wait_for /dev/rpmsg0
round=0
while [ $round -lt {self.count} ]; do
	rpmsg_tool endpoint bench $((0x90 + round)) 0x401 || break
	rpmsg_tool channel rpmsg-raw $((0x190 + round)) 0x401 || break
	round=$((round + 1))
done
say rounds $round
say left $(ls /sys/class/rpmsg | grep -c 'rpmsg[1-9]')
"""

    def done(self) -> int:
        """Return the rounds that are over."""
        return sum(line == "channel released" for line in self.results())

    def checks(self) -> dict[str, Check]:
        """All rounds went well and nothing is left of them."""
        return {
            "rounds": self.said("rounds", f"rounds {self.count}"),
            "endpoint_echoes": self.said("endpoint 10", r"endpoint 10 of 10 came back, .*"),
            "endpoint_destroyed": self.said("endpoint destroyed", "endpoint destroyed"),
            "channel_released": self.said("channel", "channel released"),
            "nothing_left": self.said("left", "left 0"),
        }
