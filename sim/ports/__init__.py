# SPDX-License-Identifier: Apache-2.0
"""The ways into the core port, and how a simulation is told which one to take.

``extension``  a C extension resumes the software of a hart (sim/native/core_port_module.c)
``ctypes``     the same hooks as ctypes callbacks: needs no headers of Python, but is slower
``cocotb``     plain signals, one wake-up of cocotb a command: needs nothing of the simulator
"""

from __future__ import annotations

import os

PORTS = ("extension", "ctypes", "cocotb")
# Ports that are written in Python; the last one is there to be measured (see sim/bench).
PORT_CLASSES = {
    "ctypes": "sim.ports.ctypes_port:CtypesPort",
    "cocotb": "sim.ports.cocotb_port:CocotbPort",
    "cocotbext": "sim.bench.cocotbext_port:CocotbextPort",
}
PORT_VARIABLE = "AMPSIM_PORT"
FOLDER_VARIABLE = "AMPSIM_PORT_FOLDER"


def port_from_environment() -> tuple[str, str]:
    """Return the port's name and the folder of its compiled part; the usual one where none is set.

    Cheap when the variables are set: a simulation starts with this.
    """
    settings: dict[str, str] = dict(os.environ)
    if PORT_VARIABLE not in settings:
        from sim.ports.choice import port_environment

        settings = port_environment("extension")
    return settings[PORT_VARIABLE], settings[FOLDER_VARIABLE]
