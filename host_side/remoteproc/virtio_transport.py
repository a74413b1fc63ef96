# SPDX-License-Identifier: Apache-2.0
"""rproc_virtio_config_ops: a virtio device whose registers are its entry of the resource table.

The entry is the live one (``rproc.table``): once the remote runs, in its memory, over the bus.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from host_side.kernel.dma import CoherentPool
from host_side.kernel.errors import LinuxError
from host_side.remoteproc.carveouts import find_carveout
from host_side.remoteproc.memory import clear
from host_side.remoteproc.table import ResourceTable
from host_side.remoteproc.table_layout import (
    MAX_VRINGS,
    VDEV_DFEATURES,
    VDEV_GFEATURES,
    VDEV_STATUS,
    VRING_DA,
    vring_offset,
)
from host_side.virtio.device import VirtioDevice
from host_side.virtio.layout import F_RING_EVENT_IDX, VringLayout, vring_layout, vring_size
from host_side.virtio.virtqueue import Callback, Notify, Virtqueue

if TYPE_CHECKING:
    from host_side.remoteproc.core import Rproc
    from host_side.remoteproc.vdev import RprocVdev, RprocVring

EINVAL, ENOMEM = 22, 12

RING_FEATURES = sum(1 << bit for bit in (28, 29, 32, 33, 34, 36, 38))
"""Transport bits that vring_transport_features() keeps."""
TRANSPORT_BITS = sum(1 << bit for bit in range(28, 42))
F_RING_PACKED = 1 << 34
KMALLOC_MAX = 1 << 22
EXTRA_SIZE = 16
"""kmalloc() gives at most 4 MiB, and the ring's shadow takes 16 bytes a descriptor."""


class RprocTransport:
    """The transport of one vdev's virtio device."""

    def __init__(self, vdev: RprocVdev, dma: CoherentPool | None) -> None:
        self.dma = dma if dma is not None else CoherentPool(0, 0)
        self._vdev = vdev
        self._host = vdev.rproc.host

    @property
    def rproc(self) -> Rproc:
        """The remote processor it belongs to."""
        return self._vdev.rproc

    @property
    def _table(self) -> ResourceTable:
        table = self._vdev.rproc.table
        assert table is not None
        return table

    # Status and features.

    async def get_status(self) -> int:
        """The status byte of the entry."""
        return await self._table.load(self._vdev.offset + VDEV_STATUS, 1)

    async def set_status(self, status: int) -> None:
        """Write the status byte."""
        await self._table.store(self._vdev.offset + VDEV_STATUS, 1, int(status))

    async def get_features(self) -> int:
        """dfeatures."""
        return await self._table.load(self._vdev.offset + VDEV_DFEATURES, 4)

    async def finalize_features(self, features: int) -> int:
        """Drop what the ring layer does not know, and the packed ring; write gfeatures."""
        features &= (RING_FEATURES | ~TRANSPORT_BITS) & ~F_RING_PACKED
        await self._table.store(self._vdev.offset + VDEV_GFEATURES, 4, features)
        return features

    # Queues.

    async def find_vqs(
        self, device: VirtioDevice, names: Sequence[str], callbacks: Sequence[Callback]
    ) -> list[Virtqueue]:
        """Clear each ring and write its device address. LinuxError EINVAL, ENOMEM."""
        queues: list[Virtqueue] = []
        try:
            for index, (name, callback) in enumerate(zip(names, callbacks, strict=True)):
                queues.append(await self._find(device, index, name, callback))
        except LinuxError:
            await self.del_vqs()
            raise
        return queues

    async def _find(
        self, device: VirtioDevice, index: int, name: str, callback: Callback
    ) -> Virtqueue:
        """rp_find_vq()."""
        vdev = self._vdev
        if index >= MAX_VRINGS:
            raise LinuxError(EINVAL)
        mem = find_carveout(vdev.rproc, f"vdev{vdev.index}vring{index}")
        if mem is None or mem.va is None or index >= len(vdev.vrings):
            raise LinuxError(ENOMEM)
        vring = vdev.vrings[index]
        await clear(self._host.bus, mem.va, vring_size(vring.num, vring.align))
        layout = vring_layout(vring.num, vring.align, mem.va)
        if vring.num * EXTRA_SIZE > KMALLOC_MAX or not _inside(layout, mem.va, mem.length):
            vdev.rproc.error(f"vring_new_virtqueue {name} failed")
            await vring.free()
            raise LinuxError(ENOMEM)
        vq = Virtqueue(
            self._host,
            name,
            index,
            layout,
            self._kick(vring),
            callback=callback,
            event_idx=device.has_feature(F_RING_EVENT_IDX),
            prefix=device.log_prefix,
        )
        vring.vq = vq
        await self._table.store(vdev.offset + vring_offset(index) + VRING_DA, 4, mem.da)
        return vq

    async def del_vqs(self) -> None:
        """Forget the queues: interrupts find none any more."""
        for vring in self._vdev.vrings:
            vring.vq = None

    def _kick(self, vring: RprocVring) -> Notify:
        """rproc_virtio_notify() of one ring; it always says that it worked."""
        rproc = self._vdev.rproc
        kick = rproc.ops.kick
        assert kick is not None

        async def notify(vq: Virtqueue) -> bool:
            rproc.host.event("kick", vring.notifyid)
            await kick(rproc, vring.notifyid)
            return True

        return notify


def _inside(layout: VringLayout, base: int, length: int) -> bool:
    """All parts of a ring lie in its carveout.

    Not in the original: with an alignment that wraps vring_size() Linux would follow its pointers
    out of the memory and oops; the model refuses such a ring.
    """
    parts = (layout.avail, layout.used_event, layout.used, layout.avail_event)
    return all(base <= part <= base + length - 2 for part in parts)
