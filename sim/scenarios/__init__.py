# SPDX-License-Identifier: Apache-2.0
"""The scenarios that ``ampsim run`` knows, by name."""

from __future__ import annotations

from importlib import import_module

from sim.errors import AmpsimError
from sim.scenarios.scenario import Check, Scenario

__all__ = ("OTHERS", "SCENARIOS", "Check", "Scenario", "find_scenario")

# Name to class, in the module of that name. A scenario is imported when it is asked for.
SCENARIOS = {
    "boot": "Boot",
    "linux-test": "LinuxTest",
    "echo": "Echo",
    "lifecycle": "Lifecycle",
    "rpbuf": "Rpbuf",
    "services": "Services",
    "schedule-latency": "ScheduleLatency",
    "ipi-latency": "IpiLatency",
    "uart-latency": "UartLatency",
}

# Those that only commands of their own run: ``ampsim console``, ``python -m sim.conformance`` and
# ``ampsim bench``.
OTHERS = ("console", "conformance", "rpbuf-blocks")


def find_scenario(name: str, host: str = "model") -> type[Scenario]:
    """Return the scenario of that name; an unknown name is an :class:`AmpsimError`.

    With ``host`` "linux" it is what a real kernel runs (see :mod:`sim.linux_peer.scenarios`).
    """
    if host == "linux":
        from sim.linux_peer.scenarios import find_peer_scenario

        return find_peer_scenario(name)
    if name == "console":
        from sim.scenarios.live import Live

        return Live
    if name == "conformance":
        from sim.conformance.with_model import WithModel

        return WithModel
    if name == "rpbuf-blocks":
        from sim.scenarios.rpbuf import RpbufBlocks

        return RpbufBlocks
    if name not in SCENARIOS:
        from sim.linux_peer.scenarios import PEER_SCENARIOS

        if name in PEER_SCENARIOS:
            raise AmpsimError(f"scenario {name}: expected --host linux, found --host model")
        expected = f"one of {', '.join(SCENARIOS)}"
        raise AmpsimError(f"unknown scenario {name!r}: expected {expected}")
    module = import_module(f"sim.scenarios.{name.replace('-', '_')}")
    found: type[Scenario] = getattr(module, SCENARIOS[name])
    return found
