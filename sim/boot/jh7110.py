# SPDX-License-Identifier: Apache-2.0
"""How a VisionFive 2 comes up: SPL loads the payload, OpenSBI starts both domains, then Linux.

Order of the original (seed 000 §3): the SPL reads the payload into DRAM and moves the RTOS image
to its place; OpenSBI gives each domain its harts and memory and sends them to their next stage,
so that the RTOS is up long before U-Boot has loaded Linux.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.boot.jh7110_payload import make_storage
from sim.boot.jh7110_stages import Stages
from sim.boot.log import FILE, BootLog
from sim.boot.requests import sleep_for_ever
from sim.boot.rtos import rtos_hart
from sim.core import Hart, Software
from sim.firmware.errors import BusFault

if TYPE_CHECKING:
    from sim.inside.session import Session


class Jh7110Chain:
    """Gives each hart its part: boot hart, RTOS hart, or one of Linux's other CPUs."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.log = BootLog(session.directory / FILE, session.clock_ns)
        session.artifacts["boot"] = FILE
        self.storage = make_storage(session.elf)
        self.stages = ("spl", "opensbi", "u-boot")
        self._stages = Stages(session.board, self.storage, self.log)

    def start(self, hart: Hart, address: int) -> Software | None:
        """Return the software of a hart that leaves reset at ``address``."""
        session = self._session
        if hart is session.rtos_hart:
            return rtos_hart(hart, session.board, address, session.runtime)
        if hart is session.linux_boot_hart:
            return self._boot_hart(hart)
        return session.system.secondary_cpu(hart) if session.system else None

    def _boot_hart(self, hart: Hart) -> Software:
        """Run the stages on the boot hart, then Linux; without Linux it sleeps for ever."""
        session = self._session
        hart.faults(BusFault)
        yield from self._stages.run(hart, session.profile.cycles("boot")["linux_after"])
        if session.system is None:
            hart.thread("parked")
            yield from sleep_for_ever()
            return None
        return session.system.boot_cpu()
