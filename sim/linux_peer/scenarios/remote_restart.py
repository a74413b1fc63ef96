# SPDX-License-Identifier: Apache-2.0
"""The driver lets go of the device and takes it again: the RTOS is reset and comes back."""

from __future__ import annotations

from sim.boards.model import MailboxLink
from sim.linux_peer.scenarios.peer_scenario import PeerScenario
from sim.scenarios.scenario import Check

DRIVER = "/sys/bus/platform/drivers/virtio-uml"
DEVICE = "virtio-uml.0"


class RemoteRestart(PeerScenario):
    """Echoes, unbinds, binds, echoes again; the RTOS's hart is reset in between."""

    name = "remote-restart"
    summary = "unbind and bind: the RTOS restarts, all channels come back"
    unit = "restarts"
    default_count = 3

    def kernel_script(self) -> str:
        """Run the rounds."""
        return f"""
wait_for /dev/rpmsg0
rpmsg_tool echo /dev/rpmsg0 10
round=0
while [ $round -lt {self.count} ]; do
	echo {DEVICE} > {DRIVER}/unbind
	say gone $(ls /sys/bus/rpmsg/devices | wc -l)
	usleep 20000
	echo {DEVICE} > {DRIVER}/bind
	wait_for /dev/rpmsg0 || break
	wait_for /dev/ttyRPMSG0 || break
	rpmsg_tool echo /dev/rpmsg0 10 || break
	round=$((round + 1))
	say round $round
done
"""

    def done(self) -> int:
        """Return the restarts that are over."""
        return sum(line.startswith("round ") for line in self.results())

    def checks(self) -> dict[str, Check]:
        """Each round echoed, and the RTOS has left reset once more each time."""
        hart = self.session.rtos_hart
        starts = self.session.starts[hart.index]
        # V821's reset is in the hands of its remoteproc driver, which this kernel has not.
        restarts = isinstance(self.session.board.rpmsg, MailboxLink)
        expected = (self.count + 1,) if restarts else (1, 2)
        came = sum(line.startswith("echo 10 of 10 came back") for line in self.results())
        return {
            "rounds": self.said("round", f"round {self.count}"),
            "channels_gone": self.said("gone", "gone 0"),
            "echoes": Check(came == self.count + 1, f"{came} of {self.count + 1} rounds echoed"),
            "rtos_came_back": Check(starts in expected, f"the RTOS left reset {starts} times"),
        }
