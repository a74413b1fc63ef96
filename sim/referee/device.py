# SPDX-License-Identifier: Apache-2.0
"""The virtio device in the resource table: status, features and ring addresses as they change."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sim.referee import device_rules as rules
from sim.referee.ring_layout import RingShape
from sim.referee.side import Side
from sim.referee.vdev_table import (
    DFEATURES,
    GFEATURES,
    STATUS,
    VdevTable,
    Vring,
    find_table,
)
from sim.referee.violations import Report

DRIVER, DRIVER_OK, FAILED = 2, 4, 0x80
WITH_DRIVER = 3
"""Status while the driver sets up: ACKNOWLEDGE and DRIVER."""
KNOWN_BITS = 0x87
ADDRESS_UNSET = (0, 0xFFFFFFFF)


class VirtioDevice:
    """Follows the table, once it was seen.

    `on_status(status)` is called when the status was written, `on_ring(index, shape)` when a ring
    was given its address. `carveouts` are the board's.
    """

    def __init__(
        self,
        carveouts: Mapping[str, range],
        report: Report,
        on_status: Callable[[int], None],
        on_ring: Callable[[int, RingShape], None],
    ) -> None:
        self.table: VdevTable | None = None
        self._carveouts = carveouts
        self._report = report
        self._on_status = on_status
        self._on_ring = on_ring

    @property
    def features(self) -> int:
        """What was negotiated."""
        return self.table.gfeatures if self.table is not None else 0

    @property
    def status(self) -> int:
        """The status, 0 before a table was seen."""
        return self.table.status if self.table is not None else 0

    def ring_of(self, notifyid: int) -> int | None:
        """Return the number of the ring with that notify id."""
        vrings = self.table.vrings if self.table is not None else []
        return next((n for n, vring in enumerate(vrings) if vring.notifyid == notifyid), None)

    def learn(self, write: bool, address: int, data: bytes) -> bool:
        """Look whether an access of Linux moves a whole table. -> whether it does."""
        table = find_table(address, data)
        if table is None or (not write and self.table is not None):
            return False
        self.table = table
        if table.reserved:
            self._report.add(rules.VERSION, table.base, "zeros", f"0x{table.reserved:x}")
        return True

    def covers(self, address: int) -> bool:
        """Tell whether an access touches the table."""
        table = self.table
        return table is not None and table.base - 8 < address < table.base + table.size

    def written(self, side: Side, at: int, value: int) -> None:
        """Follow a write to a field of the table."""
        table = self.table
        assert table is not None
        if side == Side.RTOS:
            self._by_device(table, at, value)
        elif at == table.vdev + STATUS:
            self._status(table, at, value & 0xFF)
        elif at == table.vdev + GFEATURES:
            self._accepted(table, at, value)
        elif at == table.vdev + DFEATURES:
            if value != table.dfeatures:
                expected = f"0x{table.dfeatures:x}"
                self._report.add(rules.OFFER_CHANGED, at, expected, f"0x{value:x}")
        else:
            for index, vring in enumerate(table.vrings):
                if at == vring.at:
                    self._ring_address(table, index, vring, value)
                elif at == vring.at + 12:
                    vring.notifyid = value

    def _by_device(self, table: VdevTable, at: int, value: int) -> None:
        if at == table.vdev + STATUS:
            self._report.add(rules.STATUS_BY_DEVICE, at, "no write", f"0x{value:x}")
        elif table.status & DRIVER_OK:
            self._report.add(rules.BY_DEVICE, at, "no write", f"0x{value:x}")

    def _status(self, table: VdevTable, at: int, new: int) -> None:
        old, table.status = table.status, new
        report, found = self._report, f"{new} after {old}"
        added = new & ~old & ~FAILED
        if new & ~KNOWN_BITS:
            report.add(rules.STATUS_UNKNOWN, at, f"bits of 0x{KNOWN_BITS:x}", f"0x{new:x}")
        elif new and old & ~new:
            report.add(rules.STATUS_CLEARED, at, f"all bits of {old}, or 0", f"{new}")
        elif added and added != ((old & 7) + 1):
            report.add(rules.STATUS_ORDER, at, "0, 1, 3, 7", found)
        if new & DRIVER_OK and not old & DRIVER_OK:
            self._notify_ids(table)
        self._on_status(new)

    def _notify_ids(self, table: VdevTable) -> None:
        first, second = (vring.notifyid for vring in table.vrings)
        if first == second:
            at = table.vrings[1].at + 12
            self._report.add(rules.NOTIFY_IDS, at, f"another id than {first}", f"{second}")

    def _accepted(self, table: VdevTable, at: int, value: int) -> None:
        table.gfeatures = value
        if value & ~table.dfeatures:
            expected = f"bits of 0x{table.dfeatures:x}"
            self._report.add(rules.NOT_OFFERED, at, expected, f"0x{value:x}")
        if table.status != WITH_DRIVER:
            found = f"{table.status}"
            self._report.add(rules.LATE, at, f"status {WITH_DRIVER}", found)

    def _ring_address(self, table: VdevTable, index: int, vring: Vring, da: int) -> None:
        vring.da = da
        if da in ADDRESS_UNSET:
            return
        report, at = self._report, vring.at
        if table.status != WITH_DRIVER:
            report.add(rules.RING_MOVED, at, f"status {WITH_DRIVER}", f"{table.status}")
        if vring.num & (vring.num - 1) or not vring.num:
            report.add(rules.RING_NUM, at + 8, "a power of 2", f"{vring.num}")
            return
        if not vring.align or da % vring.align:
            report.add(rules.RING_ALIGN, at, f"a multiple of {vring.align}", f"0x{da:x}")
            return
        shape = RingShape(da, vring.num, vring.align)
        region = self._carveouts.get(f"vdev0vring{index}")
        if region is not None and not region.start <= da <= shape.end <= region.stop:
            expected = f"0x{region.start:x}-0x{region.stop - 1:x}"
            report.add(rules.RING_OUTSIDE, at, expected, f"0x{da:x}-0x{shape.end - 1:x}")
        self._on_ring(index, shape)
