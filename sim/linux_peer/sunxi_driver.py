# SPDX-License-Identifier: Apache-2.0
"""What Linux does on V821's bus for a virtio device whose driver is elsewhere.

The RTOS has been started by a boot loader; its resource table is filled in as remoteproc does when
it attaches to a running core. Kicks are words with a notify id on one channel of the message box,
sent and received as the vendor's mailbox and remoteproc drivers do (sunxi-msgbox.c,
sunxi_rproc.c), the interrupt is claimed at the PLIC.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from sim.boards import Board
from sim.boards.model import RemoteprocLink
from sim.core import EXTERNAL, LOAD, READ, STORE
from sim.errors import AmpsimError
from sim.firmware.elf_image import read_image
from sim.firmware.resource_table import Vdev, read_entries
from sim.linux_peer.drivers import Costs, Steps
from sim.linux_peer.mailbox_channel import MailboxChannel
from sim.linux_peer.table import STATUS, driver_ok, fill_in
from sim.linux_peer.vhost_device import VhostDevice

# PLIC: priority 4 bytes a source, enables 0x80 a context, threshold and claim 0x1000 a context.
_ENABLE, _ENABLE_STRIDE, _CONTEXT, _CONTEXT_STRIDE, _CLAIM = 0x2000, 0x80, 0x200000, 0x1000, 4
# Message box: offsets in a set of registers, 0x100 a slot; the last two have a word a channel.
_SLOT, _RD_ENABLE, _RD_STATUS, _STATUS, _FIFO = 0x100, 0x20, 0x24, 0x60, 0x70
_WR_ENABLE, _WR_STATUS = 0x30, 0x34
_CHANNELS, _COUNT = 4, 0xF
_RECEIVE_LIMIT_NS = 10_000_000
"""After which an interrupt of the message box leaves the words that are still coming."""


def table_of(firmware: Path) -> tuple[int, int]:
    """Return (address, length) of a firmware's resource table; AmpsimError without one."""
    image = read_image(firmware.read_bytes())
    section = image.section(".resource_table") if image is not None else None
    if image is None or section is None:
        raise AmpsimError(f"{firmware}: expected a section .resource_table, found none")
    return section.header.addr, section.header.size


class SunxiDriver:
    """The drivers' part on the A27. ``line`` is the interrupt line it waits for."""

    line = EXTERNAL

    def __init__(
        self, board: Board, costs: Mapping[str, int], firmware: Path, now: Callable[[], int]
    ) -> None:
        link = board.rpmsg
        assert isinstance(link, RemoteprocLink) and board.linux_ram is not None
        plic = board.compatible("sifive,plic-1.0.0").region.base
        context = board.hart(board.linux.boot_hart).plic_context
        assert context is not None
        slot = _SLOT * link.msgbox.slot
        self._ram = board.linux_ram.base
        self._table_at, self._table_bytes = table_of(firmware)
        self._irq = link.msgbox.linux_irq
        self._plic = plic
        self._enables = plic + _ENABLE + _ENABLE_STRIDE * context
        self._context = plic + _CONTEXT + _CONTEXT_STRIDE * context
        self._channel = link.channel
        self._own, self._remote = link.msgbox.linux.base + slot, link.msgbox.rtos.base + slot
        self._read_bit = 1 << 2 * link.channel
        self._now = now
        charged = Costs(costs)
        self._spend = charged.spend
        words = 4 * link.channel
        self._kicks = MailboxChannel(
            self._remote + _FIFO + words, self._remote + _STATUS + words, charged, now
        )

    @property
    def due_ns(self) -> int:
        """When the mailbox framework looks whether a word has gone."""
        return self._kicks.due_ns

    def timer(self) -> Steps[None]:
        """Look whether a word has gone, and send the next."""
        return self._kicks.timer()

    def _set_bits(self, address: int, bits: int) -> Steps[None]:
        value = yield (LOAD, address, 4)
        yield (STORE, address, 4, value | bits)

    def _count(self, block: int, channel: int) -> Steps[int]:
        status: int = yield (LOAD, block + _STATUS + 4 * channel, 4)
        return status & _COUNT

    def start(self) -> Steps[None]:
        """Route the message box's interrupt here and let words on the channel raise it."""
        yield (STORE, self._context, 4, 0)
        yield (STORE, self._plic + 4 * self._irq, 4, 1)
        yield from self._set_bits(self._enables + 4 * (self._irq // 32), 1 << self._irq % 32)
        while (yield from self._count(self._own, self._channel)):
            yield (LOAD, self._own + _FIFO + 4 * self._channel, 4)
        yield from self._set_bits(self._own + _RD_STATUS, self._read_bit)
        yield from self._set_bits(self._own + _RD_ENABLE, self._read_bit)

    def bound(self, device: VhostDevice) -> Steps[None]:
        """Fill in the table that lies in the RTOS's memory, then say that the driver is ready."""
        table: bytes = yield (READ, self._table_at, self._table_bytes)
        vdevs = (at for at, entry in read_entries(table) if isinstance(entry, Vdev))
        self._vdev_at = self._table_at + next(vdevs)
        yield from fill_in(self._vdev_at, device, self._ram)

    def ready(self) -> Steps[None]:
        """Say that the driver is ready."""
        yield from driver_ok(self._vdev_at)

    def unbound(self) -> Steps[None]:
        """Reset the device: the RTOS sees the status go and starts over."""
        yield (STORE, self._vdev_at + STATUS, 1, 0)

    def kick(self, queue: int) -> Steps[None]:
        """Send the notify id of a queue.

        One that the framework has no room for is lost, as sunxi_rproc_kick() only says so: the log
        of the real kernel lacks the line. Nobody stands still for it.
        """
        return self._kicks.send(queue)

    def interrupt(self) -> Steps[list[int]]:
        """Take the interrupt: claim it, read the words, complete it."""
        yield from self._spend("irq_entry")
        queues: list[int] = []
        while (yield (LOAD, self._context + _CLAIM, 4)) == self._irq:
            for channel in range(_CHANNELS):
                yield from self._look_at(channel, queues)
            yield (STORE, self._context + _CLAIM, 4, self._irq)
        yield from self._spend("irq_exit")
        return queues

    def _look_at(self, channel: int, queues: list[int]) -> Steps[None]:
        """Read what interrupts a channel has, for both directions; take its words, if any."""
        enabled: int = yield (LOAD, self._own + _RD_ENABLE, 4)
        pending: int = yield (LOAD, self._own + _RD_STATUS, 4)
        yield (LOAD, self._remote + _WR_ENABLE, 4)
        yield (LOAD, self._remote + _WR_STATUS, 4)
        if enabled & pending & 1 << 2 * channel:
            yield from self._receive(channel, queues)

    def _receive(self, channel: int, queues: list[int]) -> Steps[None]:
        """Read all words of a channel; each id is kept once, as the worker takes them."""
        limit = self._now() + _RECEIVE_LIMIT_NS
        while (yield from self._count(self._own, channel)) and self._now() < limit:
            word: int = yield (LOAD, self._own + _FIFO + 4 * channel, 4)
            if word < 2 and word not in queues:
                queues.append(word)
            yield from self._spend("work_wake")
        yield from self._set_bits(self._own + _RD_STATUS, 1 << 2 * channel)
