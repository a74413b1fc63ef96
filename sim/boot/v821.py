# SPDX-License-Identifier: Apache-2.0
"""How V821 comes up: BROM and E907_BOOT on the E907; BOOT0, OpenSBI, U-Boot, Linux on the A27."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.boot.choice import v821_storage
from sim.boot.code import find_code
from sim.boot.log import FILE, BootLog
from sim.boot.requests import sleep_for_ever
from sim.boot.rtos import rtos_hart
from sim.boot.v821_boot0 import Boot0
from sim.boot.v821_brom import Brom
from sim.boot.v821_map import STAGE_LIMIT, V821Map
from sim.boot.v821_u_boot import UBoot
from sim.core import Hart, Software
from sim.firmware.errors import BusFault

if TYPE_CHECKING:
    from sim.inside.session import Session


class V821Chain:
    """Gives each core what it meets at the address it leaves reset at."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._places = V821Map.of(session.board)
        self.log = BootLog(session.directory / FILE, session.clock_ns)
        session.artifacts["boot"] = FILE
        self.storage = v821_storage(self._places, session.config)
        second = "sboot" if self.storage.secure else "boot0"
        self.stages = ("brom", "e907_boot", second, "opensbi", "u-boot")

    def start(self, hart: Hart, address: int) -> Software | None:
        """Return the software of a core that leaves reset at ``address``."""
        hart.faults(BusFault)
        if hart is not self._session.rtos_hart:
            return self._a27(hart, address)
        if address == self._places.brom:
            return Brom(self._places, self.storage, self.log).run(hart)
        session = self._session
        return rtos_hart(hart, session.board, address, session.runtime)

    def _a27(self, hart: Hart, address: int) -> Software:
        """Run what lies in memory at ``address``, stage after stage, up to Linux."""
        session, places = self._session, self._places
        stages = places, self.storage, self.log
        _, _, boot0, opensbi, u_boot = self.stages
        yield from find_code(address, STAGE_LIMIT, boot0)
        base = yield from Boot0(*stages).run(hart, boot0)
        yield from find_code(base, STAGE_LIMIT, opensbi)
        self.log.of(hart, opensbi)(f"next stage at 0x{places.u_boot:08x}")
        yield from find_code(places.u_boot, STAGE_LIMIT, u_boot)
        pause = session.profile.cycles("boot")["linux_after"]
        yield from UBoot(*stages).run(hart, u_boot, pause)
        if session.system is None:
            hart.thread("parked")
            yield from sleep_for_ever()
            return None
        return session.system.boot_cpu()
