# SPDX-License-Identifier: Apache-2.0
"""The live bench of ``ampsim console --host linux``: a shell of the real kernel on its console."""

from __future__ import annotations

from sim.linux_peer.scenarios.peer_scenario import PeerScenario
from sim.scenarios.scenario import Check


class Live(PeerScenario):
    """A shell on the virtio console, started again when its user leaves it."""

    name = "console"
    summary = "the real kernel's shell and finsh on ptys (ampsim console --host linux)"
    unit = "commands"
    default_count = 1

    def kernel_script(self) -> str:
        """Serve the shell."""
        # While the kernel powers off, because its user has said so, the console cannot be opened.
        return "while :; do setsid -c sh -i </dev/hvc0 >/dev/hvc0 2>&1 || usleep 100000; done\n"

    def checks(self) -> dict[str, Check]:
        """A live run has nothing to check."""
        return {}
