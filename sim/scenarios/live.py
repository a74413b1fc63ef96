# SPDX-License-Identifier: Apache-2.0
"""The live bench of ``ampsim console``: both systems boot and wait for what is typed."""

from __future__ import annotations

from sim.scenarios.scenario import Check, Scenario


class Live(Scenario):
    """Linux's init is a login-less shell on its serial console; the RTOS runs its test app."""

    name = "console"
    summary = "both systems with their shells on ptys (ampsim console)"
    app = "rpmsg_linux_test"
    unit = "commands"
    default_count = 1

    async def script(self) -> None:
        """Serve the shell on Linux's console, again and again."""
        linux = self.session.linux
        assert linux is not None
        while True:
            await linux.serve_console()

    def checks(self) -> dict[str, Check]:
        """A live run has nothing to check."""
        return {}
