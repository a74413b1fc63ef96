# SPDX-License-Identifier: Apache-2.0
"""The scenarios that ``ampsim run`` knows, by name."""

from __future__ import annotations

from sim.errors import AmpsimError
from sim.scenarios.boot import Boot
from sim.scenarios.echo import Echo
from sim.scenarios.ipi_latency import IpiLatency
from sim.scenarios.lifecycle import Lifecycle
from sim.scenarios.linux_test import LinuxTest
from sim.scenarios.live import Live
from sim.scenarios.rpbuf import Rpbuf
from sim.scenarios.scenario import Check, Scenario
from sim.scenarios.schedule_latency import ScheduleLatency
from sim.scenarios.services import Services
from sim.scenarios.uart_latency import UartLatency

SCENARIOS: dict[str, type[Scenario]] = {
    scenario.name: scenario
    for scenario in (
        Boot,
        LinuxTest,
        Echo,
        Lifecycle,
        Rpbuf,
        Services,
        ScheduleLatency,
        IpiLatency,
        UartLatency,
    )
}

__all__ = ("SCENARIOS", "Check", "Scenario", "find_scenario")


def find_scenario(name: str) -> type[Scenario]:
    """Return the scenario of that name; an unknown name is an :class:`AmpsimError`."""
    try:
        return Live if name == Live.name else SCENARIOS[name]
    except KeyError:
        raise AmpsimError(
            f"unknown scenario {name!r}: expected one of {', '.join(SCENARIOS)}"
        ) from None
