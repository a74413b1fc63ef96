# SPDX-License-Identifier: Apache-2.0
"""The platform driver of StarFive's AMP rpmsg, generation 1: a mailbox of words in memory.

There is no resource table: status and features stay inside Linux, ring addresses are agreed upon by
the devicetree. Node properties: ``memory-region`` (``mailbox``, ``vrings``, ``buffers``),
``rtos-hart-id``, ``ampsim,vring-num``, ``ampsim,vring-align``, ``ampsim,avail-aligned`` (a flag).
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from types import coroutine

from host_side.devicetree import DeviceTreeError
from host_side.kernel.dma import CoherentPool
from host_side.kernel.errors import LinuxError
from host_side.kernel.linux import LinuxKernel
from host_side.kernel.platform import Work
from host_side.kernel.platform_bus import PlatformDevice
from host_side.kernel.printk import ERR, INFO
from host_side.kernel.requests import LOAD, STORE, Steps
from host_side.rpmsg.virtio_rpmsg_bus import F_NS, VIRTIO_ID_RPMSG
from host_side.virtio.device import VirtioDevice
from host_side.virtio.layout import F_RING_EVENT_IDX, F_VERSION_1, vring_layout
from host_side.virtio.virtqueue import Callback, Virtqueue

EINVAL = 22

RX_STATUS, TX_STATUS, RX_CH, TX_CH = 0x00, 0x40, 0xC0, 0x100
"""Mailbox words of channel 0 as Linux sees them; the remote swaps rx and tx."""
CLEAR_STEP = 4096
"""Bytes of one write while the driver clears the rings' region."""


class MailboxState(IntEnum):
    """State of one direction of a mailbox channel."""

    READY = 0
    BUSY = 1
    DONE = 2


READY, BUSY, DONE = (state.value for state in MailboxState)


class StarfiveRpmsg:
    """One bound device: the mailbox, and the transport of its virtio device."""

    def __init__(self, kernel: LinuxKernel, device: PlatformDevice) -> None:
        node = device.node
        mailbox = node.region("mailbox")[0]
        self.dma = CoherentPool(*node.region("buffers"))
        self.vdev: VirtioDevice | None = None
        self._kernel = kernel
        self._prefix = f"{StarfiveRpmsgDriver.name} {device.name}"
        self._sysfs_path = device.sysfs_path
        self._load = kernel.bus.load
        self._store = kernel.bus.store
        self._rx_status = rx_status = mailbox + RX_STATUS
        self._tx_status = tx_status = mailbox + TX_STATUS
        self._load_rx_status = (LOAD, rx_status, 4)
        self._load_tx_status = (LOAD, tx_status, 4)
        self._set_rx_done = (STORE, rx_status, 4, DONE)
        self._work_wake = kernel.cpu.span("work_wake")
        self._rings, self._rings_size = node.region("vrings")
        self._hart = node.integer("rtos-hart-id")
        self._num = node.integer("ampsim,vring-num")
        self._align = node.integer("ampsim,vring-align")
        self._avail_aligned = node.flag("ampsim,avail-aligned")
        self._vqs: list[Virtqueue] = []
        self._status = 0
        self._rx_work = Work(self._receive, "starfive_rpmsg_rx")
        self._tx_work = Work(self._transmitted, "starfive_rpmsg_tx")

    async def start(self) -> None:
        """Clear the rings, take the IPI, register the virtio device."""
        kernel = self._kernel
        for offset in range(0, self._rings_size, CLEAR_STEP):
            length = min(CLEAR_STEP, self._rings_size - offset)
            await kernel.bus.write(self._rings + offset, bytes(length))
        kernel.set_amp_handler(self._ipi)
        virtio = kernel.virtio
        self.vdev = await virtio.register_device(self, VIRTIO_ID_RPMSG, self._sysfs_path)
        kernel.printk(self._prefix, f"registered {self.vdev.name}", INFO)

    async def stop(self) -> None:
        """Unregister the virtio device, then let go of the IPI."""
        if self.vdev is not None:
            await self._kernel.virtio.unregister_device(self.vdev)
        self._kernel.set_amp_handler(None)
        await self._kernel.cancel_work(self._rx_work)
        await self._kernel.cancel_work(self._tx_work)

    # Mailbox.

    async def _notify(self, vq: Virtqueue) -> bool:
        """Kick: only the output queue marks the mailbox, both raise the IPI."""
        self._kernel.event("kick", vq.index)
        if vq.name == "output":
            await self._store(self._tx_status, 4, BUSY)
        await self._kernel.send_amp_ipi(self._hart)
        return True

    @coroutine
    def _ipi(self) -> Steps:
        """The AMP IPI, in interrupt context: acknowledge, leave the rings to the workers."""
        schedule_work = self._kernel.schedule_work
        if (yield self._load_tx_status) == DONE:
            schedule_work(self._tx_work)
            if self._work_wake is not None:
                yield self._work_wake
        if (yield self._load_rx_status) != BUSY:
            return
        yield self._set_rx_done
        schedule_work(self._rx_work)
        if self._work_wake is not None:
            yield self._work_wake

    async def _receive(self) -> None:
        if await self._load(self._rx_status, 4) == DONE and self._vqs:
            await self._vqs[0].interrupt()

    async def _transmitted(self) -> None:
        if await self._load(self._tx_status, 4) == DONE:
            await self._store(self._tx_status, 4, READY)
            if self._vqs:
                await self._vqs[1].interrupt()

    # Virtio transport.

    async def get_status(self) -> int:
        """The status byte, which is Linux's own."""
        return self._status

    async def set_status(self, status: int) -> None:
        """Keep the status byte; nobody else sees it."""
        self._status = status

    async def get_features(self) -> int:
        """What the platform always offers."""
        return 1 << F_NS | 1 << F_VERSION_1

    async def finalize_features(self, features: int) -> int:
        """All of them are known to the ring layer."""
        return features

    async def find_vqs(
        self, device: VirtioDevice, names: Sequence[str], callbacks: Sequence[Callback]
    ) -> list[Virtqueue]:
        """One ring straight after the other. LinuxError EINVAL for more than two queues."""
        if len(names) > 2:
            raise LinuxError(EINVAL)
        base = self._rings
        for index, (name, callback) in enumerate(zip(names, callbacks, strict=True)):
            layout = vring_layout(self._num, self._align, base, self._avail_aligned)
            vq = Virtqueue(
                self._kernel,
                name,
                index,
                layout,
                self._notify,
                callback=callback,
                event_idx=device.has_feature(F_RING_EVENT_IDX),
                prefix=device.log_prefix,
            )
            self._vqs.append(vq)
            base += layout.stride
        return list(self._vqs)

    async def del_vqs(self) -> None:
        """Forget the queues; interrupts find none any more."""
        self._vqs.clear()


class StarfiveRpmsgDriver:
    """The platform driver ``starfive-rpmsg``."""

    name = "starfive-rpmsg"
    of_match_table: tuple[str, ...] = ("starfive,amp-virtio-rpmsg",)

    def __init__(self, kernel: LinuxKernel) -> None:
        self._kernel = kernel

    async def probe(self, device: PlatformDevice) -> None:
        """Take the device. LinuxError EINVAL when its node lacks something."""
        try:
            port = StarfiveRpmsg(self._kernel, device)
        except DeviceTreeError as error:
            self._kernel.printk(f"{self.name} {device.name}", str(error), ERR)
            raise LinuxError(EINVAL) from None
        device.drvdata = port
        await port.start()

    async def remove(self, device: PlatformDevice) -> None:
        """Let go of the device."""
        assert isinstance(device.drvdata, StarfiveRpmsg)
        await device.drvdata.stop()


async def init(kernel: LinuxKernel) -> None:
    """Initcall: register the driver."""
    await kernel.platform_bus.register_driver(StarfiveRpmsgDriver(kernel))
