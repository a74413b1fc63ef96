# SPDX-License-Identifier: Apache-2.0
"""The scenarios that ``ampsim run --host linux`` knows, by name."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from sim.errors import AmpsimError

if TYPE_CHECKING:
    from sim.linux_peer.scenarios.peer_scenario import PeerScenario

__all__ = ("PEER_SCENARIOS", "PeerScenario", "find_peer_scenario")

# Name to class, in the module of that name. A scenario is imported when it is asked for.
PEER_SCENARIOS = {
    "linux-test": "LinuxTest",
    "echo": "Echo",
    "client-sample": "ClientSample",
    "devices": "Devices",
    "endpoints": "Endpoints",
    "burst": "Burst",
    "dead-remote": "DeadRemote",
    "remote-restart": "RemoteRestart",
}


def find_peer_scenario(name: str) -> type[PeerScenario]:
    """Return the scenario of that name; AmpsimError for one that needs the model."""
    if name == "console":
        from sim.linux_peer.scenarios.live import Live

        return Live
    if name == "conformance":
        from sim.conformance.with_kernel import WithKernel

        return WithKernel
    if name not in PEER_SCENARIOS:
        expected = f"one of {', '.join(PEER_SCENARIOS)}"
        raise AmpsimError(f"--host linux: unknown scenario {name!r}: expected {expected}")
    module = import_module(f"sim.linux_peer.scenarios.{name.replace('-', '_')}")
    found: type[PeerScenario] = getattr(module, PEER_SCENARIOS[name])
    return found
