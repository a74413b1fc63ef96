# SPDX-License-Identifier: Apache-2.0
"""The kernel's own sample, samples/rpmsg/rpmsg_client_sample.c: 100 messages to ``goodbye!``."""

from __future__ import annotations

from sim.linux_peer.scenarios.peer_scenario import PeerScenario
from sim.scenarios.scenario import Check

DEVICE = "/sys/bus/rpmsg/devices/virtio0.rpmsg-client-sample.-1.1024"


class ClientSample(PeerScenario):
    """Loads the module; it sends, and answers each echo with the next message."""

    name = "client-sample"
    summary = "the kernel's rpmsg_client_sample: 100 messages to goodbye!"
    default_count = 100

    def kernel_script(self) -> str:
        """Wait for the channel, load the module, wait for its last word."""
        return f"""
wait_for {DEVICE}
insmod /rpmsg_client_sample.ko count={self.count}
until dmesg | grep -q 'goodbye!'; do usleep 10000; done
"""

    def checks(self) -> dict[str, Check]:
        """Every message came back, and the sample has said so."""
        console = self.peer.text()
        came = console.count("incoming msg")
        return {
            "all_messages_came_back": Check(came == self.count, f"{came} of {self.count}"),
            "goodbye": Check("goodbye!" in console, "goodbye! on the kernel's console"),
        }
