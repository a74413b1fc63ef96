# SPDX-License-Identifier: Apache-2.0
"""How long an IPI takes there and back, carried by the smallest message (seed 000 §6.2)."""

from __future__ import annotations

from typing import Any

from sim.measures import NOTHING
from sim.scenarios.scenario import Check, Scenario


class IpiLatency(Scenario):
    """``ipi_latency -n COUNT``: one-byte messages, so that the copies count for next to nothing."""

    name = "ipi-latency"
    summary = "IPI round trip between Linux and the RTOS, measured with one-byte messages"
    app = "echo"
    unit = "round trips"
    default_count = 500

    def prepare(self) -> None:
        """Measure each round trip."""
        self._measure = self.session.measure("ipi_round_trip")
        self._status: int | None = None
        self._output = ""
        self._started = NOTHING
        watchers = self.session.linux_boot_hart.watchers
        watchers["ping_send"] = self._sent
        watchers["ping_done"] = self._came_back

    def _sent(self, _cycle: int, _number: int, _: int) -> None:
        self._started = self.session.split()

    def _came_back(self, _cycle: int, _number: int, clocks: int) -> None:
        self._measure.add(clocks, self.session.split().since(self._started))

    async def script(self) -> None:
        """Run the program."""
        assert self.session.linux is not None
        await self.session.linux.link_up()
        self._status, self._output = await self.session.linux.run(f"ipi_latency -n {self.count}")

    def done(self) -> int:
        """Return the round trips so far."""
        return len(self._measure.samples)

    def checks(self) -> dict[str, Check]:
        """Every IPI was answered."""
        return {
            "program_succeeded": Check(self._status == 0, f"ipi_latency: exit {self._status}"),
            "all_answered": Check(self.done() == self.count, f"{self.done()} of {self.count}"),
        }

    def details(self) -> dict[str, Any]:
        """Return the program's output as an artifact."""
        return self.session.text_artifact("log", "ipi_latency.log", self._output)
