# SPDX-License-Identifier: Apache-2.0
"""The seed's acceptance test with a real kernel: rpmsg_linux_test on the RTOS (seed 000 §5)."""

from __future__ import annotations

from sim.linux_peer.scenarios.peer_scenario import PeerScenario
from sim.scenarios.scenario import Check

CHANNEL = "virtio0.rpmsg_chrdev.-1.16388"
"""What the vendors' RTOS announces: rpmsg_char binds to that name by itself."""


class LinuxTest(PeerScenario):
    """Boots, echoes a few messages, looks at the kernel, and types at finsh meanwhile."""

    name = "linux-test"
    summary = "rpmsg_linux_test: link-up, echo, the kernel's interrupts, finsh usable"
    app = "rpmsg_linux_test"
    default_count = 20

    def prepare(self) -> None:
        """Nothing has been typed yet."""
        self._typed = False

    def kernel_script(self) -> str:
        """Do what the seed does at the Linux shell."""
        return f"""
wait_for /dev/rpmsg0
rpmsg_tool echo /dev/rpmsg0 {self.count}
cat /proc/interrupts
say interrupts $(grep virtio-uml /proc/interrupts | tr -s ' ' | cut -d ' ' -f 3)
say channels $(ls /sys/bus/rpmsg/devices)
say devices $(ls /dev | grep rpmsg)
usleep 150000
"""

    def look_in(self, now_ns: int) -> None:
        """Type at finsh once messages run."""
        if not self._typed and self.peer.kicks[1]:
            self._typed = True
            self.session.rtos_console.send(b"list_thread\r")

    def checks(self) -> dict[str, Check]:
        """What the seed shows."""
        console = self.session.rtos_console.text()
        listing = console.partition("list_thread")[2]
        return {
            "all_messages_echoed": self.all_came_back("echo"),
            "interrupts_counted": self.said("interrupts", r"interrupts [1-9]\d*"),
            "channel_in_sysfs": self.said("channels", rf".*{CHANNEL}.*"),
            "device_there": self.said("devices", r".*\brpmsg0\b.*"),
            "finsh_usable": Check(
                "rpmsg_linux_test" in listing and "tshell" in listing,
                "list_thread typed while messages ran",
            ),
        }
