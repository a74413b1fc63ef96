# SPDX-License-Identifier: Apache-2.0
"""The memory that each side has for itself: who writes there, and the resource table in it."""

from __future__ import annotations

from sim.referee import device_rules
from sim.referee.device import VirtioDevice
from sim.referee.link import Link
from sim.referee.setup import LinkSetup
from sim.referee.side import Side
from sim.referee.vdev_table import MIN_SIZE
from sim.referee.violations import Report
from sim.referee.watch import ALL, Watch


class OwnMemory:
    """Follows the accesses to it; `device` is None where no resource table tells of the link."""

    def __init__(
        self, setup: LinkSetup, link: Link, device: VirtioDevice | None, report: Report
    ) -> None:
        self._own = setup.own
        self._tables = setup.tables
        self._link = link
        self._device = device
        self._report = report

    def watch(self, watch: Watch) -> None:
        """Look at all of it."""
        for owner, regions in self._own.items():
            wanted = frozenset({(owner.other, True)})
            if self._device is not None and owner == Side.RTOS:
                # Linux moves its resource table, the RTOS should not write to it.
                wanted = ALL - {(Side.RTOS, False)}
            for region in regions:
                watch.memory(region, self.access, wanted)
        for region in self._tables:
            watch.memory(region, self.access)

    def access(self, side: Side, write: bool, address: int, data: bytes) -> None:
        """Look at an access."""
        device = self._device
        if device is not None:
            if side == Side.LINUX and len(data) >= MIN_SIZE and device.learn(write, address, data):
                return
            if device.covers(address):
                if write:
                    device.written(side, address, int.from_bytes(data, "little"))
                    self._link.features = device.features
                return
        if write and self._link.live and not any(address in own for own in self._own.get(side, ())):
            found = f"{len(data)} bytes"
            self._report.add(device_rules.FOREIGN, address, f"no write from {side.name}", found)
