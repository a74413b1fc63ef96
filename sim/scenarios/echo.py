# SPDX-License-Identifier: Apache-2.0
"""The seed's RPMsg test: Linux sends strings, the RTOS sends each back (seed 000 §6.2)."""

from __future__ import annotations

from typing import Any

from sim.measures import NOTHING
from sim.scenarios.scenario import Check, Scenario


class Echo(Scenario):
    """``rpmsg_echo -n COUNT`` against the RTOS's echo service, every round trip measured."""

    name = "echo"
    summary = "rpmsg_echo: strings from Linux to the RTOS and back, round trips measured"
    app = "echo"
    look_every_us = 1000

    def prepare(self) -> None:
        """Measure from the program's write to its read, and what the clocks were spent on."""
        self._measure = self.session.measure("echo_round_trip")
        self._started = NOTHING
        self._status: int | None = None
        self._output = ""
        hart = self.session.linux_boot_hart
        hart.watchers["echo_send"] = self._sent
        hart.watchers["echo_done"] = self._came_back

    def _sent(self, _cycle: int, _number: int, _: int) -> None:
        self._started = self.session.split()

    def _came_back(self, _cycle: int, _number: int, clocks: int) -> None:
        self._measure.add(clocks, self.session.split().since(self._started))

    async def script(self) -> None:
        """Wait for the channel's device, then run the program."""
        assert self.session.linux is not None
        await self.session.linux.link_up()
        verbose = " -v" if self.session.config.verbose else ""
        self._status, self._output = await self.session.linux.run(
            f"rpmsg_echo -n {self.count}{verbose}"
        )

    def done(self) -> int:
        """Return the round trips so far."""
        return len(self._measure.samples)

    def checks(self) -> dict[str, Check]:
        """Every message came back as it was sent (the program compares them byte by byte)."""
        lines = self._output.strip().splitlines()
        return {
            "program_succeeded": Check(
                self._status == 0, f"rpmsg_echo: {lines[-1] if lines else 'no output'}"
            ),
            "all_messages_echoed": Check(
                self.done() == self.count, f"{self.done()} of {self.count} came back unaltered"
            ),
        }

    def details(self) -> dict[str, Any]:
        """Return the program's output as an artifact."""
        return self.session.text_artifact("log", "rpmsg_echo.log", self._output)
