# SPDX-License-Identifier: Apache-2.0
"""Allwinner's MSGBOX, version 2 (the vendor's drivers/mailbox/sunxi-msgbox.c).

Each processor has a block of its own; the FIFOs in it carry what the others send to it. ``reg`` of
the node is (own block, remote block); ``ampsim,slot`` is the number of the sender's set of
registers in either block. Every update of a register is a load and a store, as in the original:
a pending bit is cleared by writing back all that were read as set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from host_side.devicetree import DeviceTreeError
from host_side.kernel.errors import LinuxError
from host_side.kernel.platform_bus import PlatformDevice
from host_side.kernel.printk import ERR
from host_side.mailbox.framework import MailboxController

if TYPE_CHECKING:
    from host_side.kernel.interrupts import IrqRow
    from host_side.kernel.linux import LinuxKernel

EBUSY, EINVAL = 16, 22

CHANNELS, FIFO_DEPTH = 4, 8
SLOT_STRIDE = 0x100
RD_IRQ_ENABLE, RD_IRQ_STATUS = 0x20, 0x24
WR_IRQ_ENABLE, WR_IRQ_STATUS = 0x30, 0x34
MSG_STATUS, MSG_FIFO, WR_IRQ_THRESHOLD = 0x60, 0x70, 0x80
"""Offsets in a set of registers; the last three have one register (4 bytes) a channel."""
COUNT_MASK = 0xF
THRESHOLD_MASK = 3
ONE_FREE = 0
"""Code of the write threshold that means one free entry."""
RECEIVE_LIMIT_NS = 10_000_000


def rd_bit(channel: int) -> int:
    """A channel's bit in the RD interrupt registers."""
    return 1 << 2 * channel


def wr_bit(channel: int) -> int:
    """A channel's bit in the WR interrupt registers."""
    return 2 << 2 * channel


class SunxiMsgbox:
    """One MSGBOX as the controller of four channels."""

    def __init__(self, kernel: LinuxKernel, device: PlatformDevice) -> None:
        node = device.node
        if len(node.reg) < 2 or not node.interrupts:
            raise DeviceTreeError(f"{node.path}: expected two reg entries and an interrupt")
        slot = SLOT_STRIDE * (
            node.integer("ampsim,slot") if "ampsim,slot" in node.properties else 0
        )
        self._own = node.reg[0][0] + slot
        self._remote = node.reg[1][0] + slot
        self._hwirq = node.interrupts[0]
        self._kernel = kernel
        self._load = kernel.bus.load
        self._store = kernel.bus.store
        self._action = device.name
        self._prefix = f"{SunxiMsgboxDriver.name} {device.name}"
        label = node.label or node.name
        self.controller = MailboxController(kernel, self, label, self._prefix, CHANNELS)
        self._row: IrqRow | None = None

    async def start(self) -> None:
        """Take the interrupt, disable those of all channels, register the controller."""
        kernel = self._kernel
        self._row = await kernel.request_irq(self._hwirq, self._interrupt, self._action)
        rd = sum(rd_bit(channel) for channel in range(CHANNELS))
        wr = sum(wr_bit(channel) for channel in range(CHANNELS))
        await self._clear_bits(self._own + RD_IRQ_ENABLE, rd)
        await self._clear_bits(self._remote + WR_IRQ_ENABLE, wr)
        kernel.mailboxes.register(self.controller)

    async def stop(self) -> None:
        """Undo ``start``."""
        self._kernel.mailboxes.unregister(self.controller)
        if self._row is not None:
            await self._kernel.free_irq(self._row)

    # Operations of a channel.

    async def startup(self, index: int) -> None:
        """Throw away what waits, then let the RD interrupt come."""
        own, remote = self._own, self._remote
        await self._drain(index)
        await self._set_bits(own + RD_IRQ_STATUS, rd_bit(index))
        await self._set_bits(own + RD_IRQ_ENABLE, rd_bit(index))
        await self._set_bits(remote + WR_IRQ_STATUS, wr_bit(index))
        threshold = remote + WR_IRQ_THRESHOLD + 4 * index
        value = await self._load(threshold, 4)
        await self._store(threshold, 4, value & ~THRESHOLD_MASK | ONE_FREE)

    async def shutdown(self, index: int) -> None:
        """No interrupts any more; what waits is thrown away."""
        own, remote = self._own, self._remote
        await self._clear_bits(remote + WR_IRQ_ENABLE, wr_bit(index))
        await self._set_bits(remote + WR_IRQ_STATUS, wr_bit(index))
        deadline = self._kernel.clock.now_ns() + RECEIVE_LIMIT_NS
        while True:
            await self._drain(index)
            await self._clear_bits(own + RD_IRQ_ENABLE, rd_bit(index))
            await self._set_bits(own + RD_IRQ_STATUS, rd_bit(index))
            pending = await self._load(own + RD_IRQ_STATUS, 4) & rd_bit(index)
            if not pending or self._kernel.clock.now_ns() >= deadline:
                return

    async def send_data(self, index: int, message: int) -> None:
        """Into the remote's FIFO. LinuxError EBUSY when it is full."""
        if await self._count(self._remote, index) >= FIFO_DEPTH:
            raise LinuxError(EBUSY)
        await self._store(self._remote + MSG_FIFO + 4 * index, 4, message)

    async def last_tx_done(self, index: int) -> bool:
        """Done means that the FIFO has room for another, not that the word was read."""
        return await self._count(self._remote, index) < FIFO_DEPTH

    # Interrupt.

    async def _interrupt(self) -> None:
        """sunxi_msgbox_handler(): all channels, both directions."""
        own, remote = self._own, self._remote
        for index in range(CHANNELS):
            enabled = await self._load(own + RD_IRQ_ENABLE, 4)
            pending = await self._load(own + RD_IRQ_STATUS, 4)
            wr_enabled = await self._load(remote + WR_IRQ_ENABLE, 4)
            wr_pending = await self._load(remote + WR_IRQ_STATUS, 4)
            if enabled & pending & rd_bit(index):
                await self._receive(index)
            if wr_enabled & wr_pending & wr_bit(index):
                await self._set_bits(remote + WR_IRQ_STATUS, wr_bit(index))

    async def _receive(self, index: int) -> None:
        own = self._own
        deadline = self._kernel.clock.now_ns() + RECEIVE_LIMIT_NS
        found = False
        while await self._count(own, index) and self._kernel.clock.now_ns() < deadline:
            message = await self._load(own + MSG_FIFO + 4 * index, 4)
            self._kernel.event("msgbox_rx", index, message)
            await self.controller.received(index, message)
            found = True
        if not found:
            text = f"msgbox: read timeout on chan {index}"
            self._kernel.printk(self._prefix, text, ERR)
        await self._set_bits(own + RD_IRQ_STATUS, rd_bit(index))

    # Registers.

    async def _count(self, base: int, index: int) -> int:
        return await self._load(base + MSG_STATUS + 4 * index, 4) & COUNT_MASK

    async def _drain(self, index: int) -> None:
        deadline = self._kernel.clock.now_ns() + RECEIVE_LIMIT_NS
        while await self._count(self._own, index) and self._kernel.clock.now_ns() < deadline:
            await self._load(self._own + MSG_FIFO + 4 * index, 4)

    async def _set_bits(self, address: int, bits: int) -> None:
        await self._store(address, 4, await self._load(address, 4) | bits)

    async def _clear_bits(self, address: int, bits: int) -> None:
        await self._store(address, 4, await self._load(address, 4) & ~bits)


class SunxiMsgboxDriver:
    """The platform driver ``sunxi-msgbox``."""

    name = "sunxi-msgbox"
    of_match_table: tuple[str, ...] = ("allwinner,sunxi-msgbox",)

    def __init__(self, kernel: LinuxKernel) -> None:
        self._kernel = kernel

    async def probe(self, device: PlatformDevice) -> None:
        """Take the device. LinuxError EINVAL when its node lacks something."""
        try:
            msgbox = SunxiMsgbox(self._kernel, device)
        except DeviceTreeError as error:
            self._kernel.printk(f"{self.name} {device.name}", str(error), ERR)
            raise LinuxError(EINVAL) from None
        device.drvdata = msgbox
        await msgbox.start()

    async def remove(self, device: PlatformDevice) -> None:
        """Let go of the device."""
        assert isinstance(device.drvdata, SunxiMsgbox)
        await device.drvdata.stop()


async def init(kernel: LinuxKernel) -> None:
    """Initcall: register the driver."""
    await kernel.platform_bus.register_driver(SunxiMsgboxDriver(kernel))
