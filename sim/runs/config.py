# SPDX-License-Identifier: Apache-2.0
"""What one run is: everything that decides its outcome, as plain values that go through JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sim.runs.files import RUN_FILE

RTOS = ("cpython", "micropython")


@dataclass(frozen=True)
class RunConfig:
    """The inputs of a run. Two runs with equal inputs have equal event logs.

    ``count`` is the number of messages or measurements, ``firmware`` the RTOS image (an ELF file),
    ``profile`` a timing profile file in place of the board's own, ``time_limit_ns`` the simulated
    time after which the run is given up (0: the scenario's own), ``record`` keeps the records.
    Without ``skipping`` every clock is simulated, also those in which nothing can change. ``port``
    is the way into the core port (:data:`sim.ports.PORTS`); the event log is the same with each.
    ``medium`` is what the board boots from (None: its usual one), ``secure`` has its images signed
    and verified, ``flash`` is a file with the medium's contents in place of composed ones. With
    ``referee`` the rules of the protocol are checked on what passes on the bus. ``app`` is the file
    of a user's app that the firmware was built with. ``rtos`` is the interpreter of the RTOS side
    (:data:`RTOS`); the event log is the same with each. MicroPython's heap has ``rtos_heap`` bytes
    (0: the budget of the RTOS, :data:`sim.micropython.interpreter.HEAP_BYTES`), and it compiles by
    ``rtos_emit``, "bytecode" or "native". ``host`` is who the master is: the model, or "linux", the
    real ``kernel`` with its ``initramfs`` and rings of ``ring`` entries. ``hang_after_ns`` is the
    simulated time without progress after which the run is ended with an explanation (0: the
    scenario's own, -1: never), ``faults`` what is done to it (:mod:`sim.faults.catalog`).
    """

    scenario: str
    board: str
    simulator: str
    seed: int
    count: int
    firmware: str
    verbose: bool = False
    profile: str | None = None
    time_limit_ns: int = 0
    console: bool = False
    record: bool = False
    skipping: bool = True
    port: str = "extension"
    medium: str | None = None
    secure: bool = False
    flash: str | None = None
    referee: bool = False
    app: str | None = None
    rtos: str = "cpython"
    rtos_heap: int = 0
    rtos_emit: str = "bytecode"
    host: str = "model"
    kernel: str | None = None
    initramfs: str | None = None
    ring: int = 256
    hang_after_ns: int = 0
    faults: list[dict[str, Any]] = field(default_factory=list)

    def save(self, path: Path) -> None:
        """Write the configuration as JSON."""
        path.write_text(json.dumps(asdict(self), indent=2) + "\n")

    @classmethod
    def load(cls, path: Path) -> RunConfig:
        """Read a configuration written by :meth:`save`."""
        return cls(**json.loads(path.read_text()))


def config_beside(file: Path) -> RunConfig | None:
    """Return the configuration of the run in whose folder ``file`` lies, None without one."""
    try:
        return RunConfig.load(file.parent / RUN_FILE)
    except (OSError, ValueError, TypeError):
        return None
