# SPDX-License-Identifier: Apache-2.0
"""The platform device ``rproc-virtio`` of a vdev entry: its vrings, its memory, its virtio device.

drivers/remoteproc/remoteproc_virtio.c (probe, subdev) and rproc_alloc_vring() of the core. A probe
that fails is logged by the driver core and leaves the boot alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from host_side.kernel.dma import PAGE_SIZE, CoherentPool
from host_side.kernel.errors import LinuxError
from host_side.kernel.printk import ERR, INFO
from host_side.remoteproc.carveouts import alloc_carveout, find_carveout, fits, release_carveout
from host_side.remoteproc.mem_entry import MemEntry
from host_side.remoteproc.subdev import Subdev
from host_side.remoteproc.table_layout import (
    VDEV_ID,
    VDEV_NUM_OF_VRINGS,
    VRING_ALIGN,
    VRING_DA,
    VRING_NOTIFYID,
    VRING_NUM,
    signed32,
    vring_offset,
)
from host_side.remoteproc.virtio_transport import RprocTransport
from host_side.virtio.device import VirtioDevice
from host_side.virtio.layout import vring_size
from host_side.virtio.virtqueue import Virtqueue

if TYPE_CHECKING:
    from host_side.remoteproc.core import Rproc

EINVAL, ENOMEM = 22, 12

DRIVER = "rproc-virtio"
U32 = 0xFFFF_FFFF


class RprocVring:
    """One ring of a vdev (struct rproc_vring)."""

    def __init__(self, vdev: RprocVdev, index: int, num: int, align: int) -> None:
        self.vdev = vdev
        self.index = index
        self.num = num
        self.align = align
        self.notifyid = -1
        self.vq: Virtqueue | None = None

    @property
    def carveout_name(self) -> str:
        """Name of the carveout the ring lies in."""
        return f"vdev{self.vdev.index}vring{self.index}"

    async def allocate(self) -> None:
        """rproc_alloc_vring(): a carveout and a notify id. LinuxError ENOMEM."""
        rproc, table = self.vdev.rproc, self.vdev.rproc.table
        assert table is not None
        at = self.vdev.offset + vring_offset(self.index)
        size = (vring_size(self.num, self.align) + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1) & U32
        da = await table.load(at + VRING_DA, 4)
        mem = find_carveout(rproc, self.carveout_name)
        if mem is None:
            name = self.carveout_name
            mem = MemEntry(name, 0, size, da, alloc=alloc_carveout, release=release_carveout)
            rproc.carveouts.append(mem)
        elif not fits(rproc, mem, da, size):
            raise LinuxError(ENOMEM)
        self.notifyid = rproc.allocate_notifyid(self)
        await table.store(at + VRING_NOTIFYID, 4, self.notifyid)

    async def free(self) -> None:
        """rproc_free_vring(): the id is free again; the table says so if there still is one."""
        rproc, table = self.vdev.rproc, self.vdev.rproc.table
        rproc.notifyids.pop(self.notifyid, None)
        if table is not None:
            at = self.vdev.offset + vring_offset(self.index)
            await table.store(at + VRING_DA, 4, 0)
            await table.store(at + VRING_NOTIFYID, 4, U32)


class RprocVdev(Subdev):
    """One vdev entry; ``offset`` is its payload's in the resource table."""

    def __init__(self, rproc: Rproc, index: int, offset: int) -> None:
        self.rproc = rproc
        self.index = index
        self.offset = offset
        self.name = f"{DRIVER}.{rproc.host.remoteproc.auto_id(self)}.auto"
        self.vrings: list[RprocVring] = []
        self.dma: CoherentPool | None = None
        self.device: VirtioDevice | None = None
        self.bound = False
        """The driver's probe went well: the remote gets a virtio device."""
        self._id = 0

    @property
    def prefix(self) -> str:
        """What dev_printk puts before a message of this device."""
        return f"{DRIVER} {self.name}"

    @property
    def sysfs_path(self) -> str:
        """Directory below /sys/devices."""
        return f"{self.rproc.sysfs_path}/{self.name}"

    # Probe and remove.

    async def probe(self) -> None:
        """rproc_virtio_probe(); what goes wrong is logged and forgotten."""
        try:
            await self._probe()
        except LinuxError as error:
            text = f"probe with driver {DRIVER} failed with error {-error.errno}"
            self.rproc.host.printk(self.prefix, text, ERR)

    async def _probe(self) -> None:
        rproc, table = self.rproc, self.rproc.table
        assert table is not None
        self._id = await table.load(self.offset + VDEV_ID, 4)
        vrings: list[RprocVring] = []
        for index in range(await table.load(self.offset + VDEV_NUM_OF_VRINGS, 1)):
            at = self.offset + vring_offset(index)
            num = await table.load(at + VRING_NUM, 4)
            align = await table.load(at + VRING_ALIGN, 4)
            if not num or not align:
                text = f"invalid qsz ({signed32(num)}) or alignment ({signed32(align)})"
                rproc.error(text)
                raise LinuxError(EINVAL)
            vrings.append(RprocVring(self, index, num, align))
        for done, vring in enumerate(vrings):
            try:
                await vring.allocate()
            except LinuxError:
                for other in reversed(vrings[:done]):
                    await other.free()
                raise
        self.vrings = vrings
        self.bound = True
        rproc.subdevs.append(self)

    async def unregister(self) -> None:
        """platform_device_unregister(): free the rings, no subdevice any more."""
        self.rproc.host.remoteproc.free_auto_id(self)
        if not self.bound:
            return
        self.bound = False
        for vring in self.vrings:
            await vring.free()
        self.rproc.subdevs.remove(self)

    # Subdevice.

    async def start(self) -> None:
        """rproc_add_virtio_dev(): memory for the buffers, then the virtio device."""
        rproc = self.rproc
        if rproc.ops.kick is None:
            rproc.host.printk(self.prefix, f".kick method not defined for {rproc.name}", ERR)
            raise LinuxError(EINVAL)
        self._find_buffer_memory()
        transport = RprocTransport(self, self.dma)
        self.device = await rproc.host.virtio.register_device(transport, self._id, self.sysfs_path)
        text = f"registered {self.device.name} (type {signed32(self._id)})"
        rproc.host.printk(self.prefix, text, INFO)

    async def stop(self, crashed: bool) -> None:
        """rproc_remove_virtio_dev()."""
        device, self.device = self.device, None
        if device is not None:
            await self.rproc.host.virtio.unregister_device(device)

    def _find_buffer_memory(self) -> None:
        """The carveout ``vdevNbuffer``, else the parent's first memory region, else its pool."""
        rproc = self.rproc
        mem = find_carveout(rproc, f"vdev{self.index}buffer")
        if mem is None:
            region = rproc.first_memory_region
            self.dma = rproc.dma if region is None else CoherentPool(*region)
            return
        if mem.reserved_index is not None:
            text = f"assigned reserved memory node {mem.name}"
            rproc.host.printk(self.prefix, text, INFO)
        elif mem.va is not None:
            rproc.host.printk(self.prefix, f"vdev {self.index} buffer already mapped", 4)
        base = mem.dma if mem.va is None else mem.va
        self.dma = CoherentPool(base, mem.length)
