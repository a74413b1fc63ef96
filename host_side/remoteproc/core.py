# SPDX-License-Identifier: Apache-2.0
"""One remote processor (struct rproc): what the kernel knows of it, and what can be asked of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from host_side.kernel.dma import CoherentPool
from host_side.kernel.errors import LinuxError
from host_side.kernel.platform import Platform
from host_side.kernel.printk import ERR, INFO, WARNING
from host_side.kernel.timers import TimerWheel
from host_side.remoteproc import attach, boot, elf_loader, recovery
from host_side.remoteproc.carveouts import da_to_va
from host_side.remoteproc.coredump import Coredump
from host_side.remoteproc.mem_entry import MemEntry
from host_side.remoteproc.ops import Firmware, RprocOps
from host_side.remoteproc.resources import Trace
from host_side.remoteproc.states import State
from host_side.remoteproc.subdev import Subdev
from host_side.remoteproc.table import CachedTable, ResourceTable
from host_side.remoteproc.vdev import RprocVdev, RprocVring
from host_side.virtio.device import VirtioBus

if TYPE_CHECKING:
    from host_side.remoteproc.registry import Remoteprocs

EBUSY, EINVAL = 16, 22

StateHook = Callable[[State], None]


class RprocHost(Platform, Protocol):
    """A kernel that a remote processor can live in."""

    virtio: VirtioBus
    remoteproc: Remoteprocs
    wheel: TimerWheel

    @property
    def size_max(self) -> int:
        """The largest number of bytes that the kernel can address (SIZE_MAX)."""


class Rproc:
    """A remote processor. ``parent`` is its platform device: name in sysfs, prefix in the log.

    ``dma`` is the parent's DMA pool for carveouts that nobody registered (None: no memory), and
    ``first_memory_region`` (address, size) what its node lists first.
    """

    def __init__(
        self,
        host: RprocHost,
        name: str,
        ops: RprocOps,
        firmware: str | None = None,
        *,
        parent_path: str = "/sys/devices/platform",
        parent_prefix: str = "platform",
        dma: CoherentPool | None = None,
        first_memory_region: tuple[int, int] | None = None,
    ) -> None:
        self.host = host
        self.name = name
        self.ops = _with_defaults(ops)
        self.firmware = firmware or f"rproc-{name}-fw"
        self.parent_path = parent_path
        self.dma = dma
        self.first_memory_region = first_memory_region
        self.index = host.remoteproc.new_index()
        self.lock = host.mutex("rproc")
        self.power = 0
        self.auto_boot = True
        self.attach_on_recovery = False
        """RPROC_FEAT_ATTACH_ON_RECOVERY: recover by detaching and attaching again."""
        self.sysfs_read_only = False
        self.deleting = False
        """rproc_del() has begun: nothing boots it any more, and no crash counts."""
        self.bootaddr = 0
        self.carveouts: list[MemEntry] = []
        self.traces: list[Trace] = []
        self.subdevs: list[Subdev] = []
        self.vdev_devices: list[RprocVdev] = []
        """Platform devices of the table's vdev entries, whether their probe went well or not."""
        self.nb_vdev = 0
        self.max_notifyid = -1
        self.notifyids: dict[int, RprocVring] = {}
        self.cached_table: CachedTable | None = None
        self.clean_table: bytes | None = None
        self.table: ResourceTable | None = None
        """The table in use (table_ptr)."""
        self.coredump = Coredump(self)
        self.recovery = recovery.Recovery(self)
        self.parent_prefix = parent_prefix
        self._state = State.OFFLINE
        self._hooks: list[StateHook] = []

    # What it looks like.

    @property
    def device_name(self) -> str:
        """Name of the class device."""
        return f"remoteproc{self.index}"

    @property
    def prefix(self) -> str:
        """What dev_printk puts before a message."""
        return f"remoteproc {self.device_name}"

    @property
    def sysfs_path(self) -> str:
        """Directory below /sys/devices."""
        return f"{self.parent_path}/remoteproc/{self.device_name}"

    @property
    def state(self) -> State:
        """Where its life stands."""
        return self._state

    @state.setter
    def state(self, state: State) -> None:
        self._state = state
        for hook in list(self._hooks):
            hook(state)

    def on_state(self, hook: StateHook) -> None:
        """Have ``hook(state)`` called after each change of the state."""
        self._hooks.append(hook)

    @property
    def digits(self) -> int:
        """Hex digits of a pointer and of a DMA address of this kernel."""
        return self.host.size_max.bit_length() // 4

    def pad(self, address: int) -> str:
        """``%pad``: a DMA address with all its digits."""
        return f"0x{address:0{self.digits}x}"

    def error(self, text: str) -> None:
        """dev_err on the class device."""
        self.host.printk(self.prefix, text, ERR)

    def warning(self, text: str) -> None:
        """dev_warn on the class device."""
        self.host.printk(self.prefix, text, WARNING)

    def info(self, text: str) -> None:
        """dev_info on the class device."""
        self.host.printk(self.prefix, text, INFO)

    def parent_error(self, text: str) -> None:
        """dev_err on the platform device."""
        self.host.printk(self.parent_prefix, text, ERR)

    def parent_warning(self, text: str) -> None:
        """dev_warn on the platform device."""
        self.host.printk(self.parent_prefix, text, WARNING)

    def parent_info(self, text: str) -> None:
        """dev_info on the platform device."""
        self.host.printk(self.parent_prefix, text, INFO)

    # What can be asked of it.

    async def boot(self) -> None:
        """rproc_boot(): power up and start, or attach to a detached one; counts.

        A second call only counts. LinuxError: whatever stood in the way.
        """
        await boot.boot(self)

    async def shutdown(self) -> None:
        """rproc_shutdown(): the last of as many calls as there were boots stops it.

        LinuxError EINVAL unless running, attached or crashed; or the driver's.
        """
        await boot.shutdown(self)

    async def detach(self) -> None:
        """rproc_detach(): let it run without us. LinuxError EINVAL unless attached."""
        await attach.detach(self)

    def report_crash(self, kind: int) -> None:
        """rproc_report_crash(): from any context; recovery runs in a worker."""
        self.recovery.report(kind)

    async def set_firmware(self, text: str) -> None:
        """rproc_set_firmware(): the name up to a newline. LinuxError EBUSY, EINVAL."""
        async with self.lock:
            if self.state is not State.OFFLINE:
                self.parent_error("can't change firmware while running")
                raise LinuxError(EBUSY)
            name = text.split("\n", 1)[0]
            if not name:
                self.parent_error("can't provide empty string for firmware name")
                raise LinuxError(EINVAL)
            self.firmware = name

    async def vq_interrupt(self, notifyid: int) -> bool:
        """rproc_vq_interrupt(): the remote has used buffers; False for IRQ_NONE."""
        vring = self.notifyids.get(notifyid)
        if vring is None or vring.vq is None:
            return False
        return await vring.vq.interrupt()

    # For the core and for drivers.

    def da_to_va(self, da: int, length: int) -> int | None:
        """CPU address of ``length`` bytes at a device address; None when they are not mapped."""
        return da_to_va(self, da, length)

    async def request_firmware(self) -> Firmware:
        """The firmware's file. LinuxError, with "request_firmware failed"."""
        hook = self.ops.request_firmware
        try:
            if hook is not None:
                return await hook(self)
            return await self.host.remoteproc.firmware.request(self.firmware, self.prefix)
        except LinuxError as error:
            self.error(f"request_firmware failed: {-error.errno}")
            raise

    def allocate_notifyid(self, vring: RprocVring) -> int:
        """The lowest free id (idr_alloc)."""
        notifyid = next(n for n in range(len(self.notifyids) + 1) if n not in self.notifyids)
        self.notifyids[notifyid] = vring
        self.max_notifyid = max(self.max_notifyid, notifyid)
        return notifyid

    def add_trace(self, trace: Trace) -> None:
        """A trace buffer, and its file in debugfs."""
        self.traces.append(trace)

    async def cleanup(self) -> None:
        """rproc_resource_cleanup(): traces, carveouts, vdevs, segments of the dump."""
        self.traces.clear()
        while self.carveouts:
            mem = self.carveouts.pop(0)
            if mem.release is not None:
                await mem.release(self, mem)
        while self.vdev_devices:
            await self.vdev_devices.pop(0).unregister()
        self.coredump.segments.clear()

    def forget_table(self) -> None:
        """Free the copy of the table."""
        self.cached_table = None
        self.table = None


def _with_defaults(ops: RprocOps) -> RprocOps:
    """rproc_alloc_ops(): the ELF loader, unless the driver has a loader of its own."""
    if ops.load is None:
        ops.load = elf_loader.load_segments
        ops.parse_fw = ops.parse_fw or elf_loader.load_rsc_table
        ops.find_loaded_rsc_table = elf_loader.find_loaded_rsc_table
        ops.sanity_check = elf_loader.sanity_check
        ops.get_boot_addr = elf_loader.boot_address
    return ops
