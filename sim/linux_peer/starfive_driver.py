# SPDX-License-Identifier: Apache-2.0
"""What StarFive's AMP driver does on the bus, for a virtio device whose driver is elsewhere.

The kernel's own transport is virtio_uml.c; a kick of it becomes the stores of the platform's driver
here, and the platform's interrupt becomes the queues to tell it of. As in the driver, only the
output queue marks the mailbox, and both kicks raise the IPI through SBI. The costs are the
profile's for Linux on this board.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.boards import Board
from sim.boards.model import MailboxLink
from sim.core import LOAD, SOFT, STORE, WRITE
from sim.firmware.resource_table import (
    ANY,
    FEATURE_NS,
    VIRTIO_ID_RPMSG,
    Vdev,
    Vring,
    pack_table,
    read_offsets,
)
from sim.linux_peer.calendar import NEVER
from sim.linux_peer.drivers import Costs, Steps
from sim.linux_peer.table import driver_ok, fill_in
from sim.linux_peer.vhost_device import VhostDevice

RX_STATUS, TX_STATUS = 0x00, 0x40
"""Mailbox words of channel 0 as Linux sees them."""
READY, BUSY, DONE = range(3)
INPUT, OUTPUT = 0, 1
"""The queues of virtio_rpmsg_bus, as the kernel sees them."""


class StarfiveDriver:
    """The driver's part on the boot hart. ``line`` is the interrupt line it waits for."""

    line = SOFT
    due_ns = NEVER

    def __init__(self, board: Board, costs: Mapping[str, int]) -> None:
        link = board.rpmsg
        assert isinstance(link, MailboxLink) and board.linux_ram is not None
        clint = board.compatible("sifive,clint0").region.base
        self._ram = board.linux_ram.base
        self._align = link.rings.align
        self._table = link.vrings
        self._rx_status = link.mailbox.base + RX_STATUS
        self._tx_status = link.mailbox.base + TX_STATUS
        self._own_msip = clint + 4 * board.linux.boot_hart
        self._other_msip = clint + 4 * link.rtos_hart
        self._hart_control = board.compatible("ampsim,hart-control").region.base
        self._spend = Costs(costs).spend
        self._held = False

    def start(self) -> Steps[None]:
        """Clear the region of the rings, as the driver's probe does: no table is in it yet."""
        yield (WRITE, self._table.base, bytes(self._table.size))

    def bound(self, device: VhostDevice) -> Steps[None]:
        """Put a table there with rings of the kernel's size, then fill it in as remoteproc does."""
        vrings = [Vring(ANY, self._align, ring.num, ring.index) for ring in device.vrings]
        table = pack_table([Vdev(VIRTIO_ID_RPMSG, 0, FEATURE_NS, tuple(vrings))])
        yield (WRITE, self._table.base, table)
        self._vdev_at = self._table.base + read_offsets(table)[0]
        yield from fill_in(self._vdev_at, device, self._ram)

    def ready(self) -> Steps[None]:
        """Say that the driver is ready, let a remote go that is held in reset."""
        yield from driver_ok(self._vdev_at)
        if self._held:
            yield (STORE, self._hart_control, 4, 1)
            self._held = False

    def unbound(self) -> Steps[None]:
        """Take the table back and hold the remote in reset, as rproc_shutdown() would."""
        yield (STORE, self._table.base, 4, 0)
        yield (STORE, self._hart_control, 4, 0)
        self._held = True

    def kick(self, queue: int) -> Steps[None]:
        """Do what the notify callback of the platform does."""
        if queue == OUTPUT:
            yield (STORE, self._tx_status, 4, BUSY)
        yield from self._spend("sbi_call")
        yield (STORE, self._other_msip, 4, 1)

    def timer(self) -> Steps[None]:
        """Do nothing: the driver has no timer."""
        yield from ()

    def interrupt(self) -> Steps[list[int]]:
        """Take the IPI, from the M-mode trap to the workers; return the queues to be told."""
        yield from self._spend("m_trap")
        yield (STORE, self._own_msip, 4, 0)
        yield from self._spend("irq_entry", "ipi_dispatch")
        queues: list[int] = []
        if (yield (LOAD, self._tx_status, 4)) == DONE:
            yield from self._spend("work_wake")
            yield (STORE, self._tx_status, 4, READY)
            queues.append(OUTPUT)
        if (yield (LOAD, self._rx_status, 4)) == BUSY:
            yield (STORE, self._rx_status, 4, DONE)
            yield from self._spend("work_wake")
            queues.append(INPUT)
        yield from self._spend("irq_exit")
        return queues
