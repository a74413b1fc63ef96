# SPDX-License-Identifier: Apache-2.0
"""The platform driver ``sunxi-rproc`` for V821's E907 (the vendor's sunxi_rproc.c).

Node properties: ``firmware-name``, ``mboxes``, ``memory-region`` (in the order of the source),
``memory-mappings``, ``fw-region``, ``stop-record-reg``, ``resets``, ``clocks``, and the flags
``auto-boot``, ``recovery_disabled``, ``coredump``, ``using-kernel-fw``, ``ampsim,stop-notify``,
``ampsim,ask-crashed``, ``ampsim,single-vq-id``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from host_side.devicetree import DeviceNode, DeviceTreeError
from host_side.kernel.dma import CoherentPool
from host_side.kernel.errors import LinuxError
from host_side.kernel.platform_bus import PlatformDevice
from host_side.kernel.printk import ERR, INFO
from host_side.remoteproc import elf_loader, sunxi_loader
from host_side.remoteproc.core import Rproc
from host_side.remoteproc.elf_image import CLASS32, ElfImage
from host_side.remoteproc.mem_entry import MemEntry
from host_side.remoteproc.ops import RSC_HANDLED, RSC_IGNORED, Firmware, RprocOps
from host_side.remoteproc.resources import Trace
from host_side.remoteproc.states import DumpMode, State
from host_side.remoteproc.sunxi_e907 import E907
from host_side.remoteproc.sunxi_firmware import SunxiFirmware
from host_side.remoteproc.sunxi_kicks import SunxiKicks
from host_side.remoteproc.sunxi_memory import SunxiMemory, read_mappings
from host_side.remoteproc.table import LoadedTable, ResourceTable
from host_side.remoteproc.table_layout import (
    NAME_SIZE,
    TRACE_DA,
    TRACE_LEN,
    TRACE_NAME,
    TRACE_RESERVED,
    TRACE_SIZE,
    name_text,
)

if TYPE_CHECKING:
    from host_side.kernel.linux import LinuxKernel

EINVAL, ENODEV, ENOMEM, ENXIO = 22, 19, 12, 6

VERSION = "2.4.7"
EM_NONE = 0
RSC_AW_TRACE = 129
"""The vendor's trace entry; its payload is that of RSC_TRACE."""


class SunxiRproc:
    """One bound device."""

    def __init__(self, kernel: LinuxKernel, device: PlatformDevice) -> None:
        node = device.node
        self._kernel = kernel
        self._node = node
        self._prefix = f"{SunxiRprocDriver.name} {device.name}"
        self._memory = SunxiMemory(read_mappings(node))
        self._core = E907(kernel, node)
        self._kicks = SunxiKicks(kernel, node, self._prefix)
        self._firmware = SunxiFirmware(kernel, node)
        self._kernel_fw = node.flag("using-kernel-fw")
        self._regions = _regions(node)
        name = node.properties.get("firmware-name")
        if name is None:
            self._info("failed to get firmware-name")
        self.rproc = Rproc(
            kernel,
            node.name,
            self._ops(),
            name,
            parent_path=device.sysfs_path,
            parent_prefix=self._prefix,
            dma=_default_pool(kernel),
            first_memory_region=next(iter(self._regions.values()), None),
        )
        self.rproc.auto_boot = node.flag("auto-boot")
        self.rproc.recovery.disabled = node.flag("recovery_disabled")
        self.rproc.coredump.set_elf_info(CLASS32, EM_NONE)
        if node.flag("coredump"):
            self.rproc.coredump.mode = DumpMode.ENABLED

    def _ops(self) -> RprocOps:
        memory = self._memory
        return RprocOps(
            prepare=self._prepare,
            unprepare=self._unprepare,
            start=self._start,
            stop=self._stop,
            attach=self._attach,
            detach=self._detach,
            kick=self._kicks.kick,
            da_to_va=memory.da_to_va,
            request_firmware=None if self._kernel_fw else self._firmware.request,
            sanity_check=self._sanity_check,
            load=sunxi_loader.load_segments,
            parse_fw=sunxi_loader.parse_fw,
            get_boot_addr=elf_loader.boot_address,
            find_loaded_rsc_table=elf_loader.find_loaded_rsc_table,
            get_loaded_rsc_table=self._get_loaded_table,
            handle_rsc=self._handle_rsc,
        )

    # Probe and remove.

    async def probe(self) -> None:
        """sunxi_rproc_probe() from the state of the core on. LinuxError refuses the device."""
        rproc = self.rproc
        if await self._core.is_booted():
            rproc.state = State.DETACHED
        try:
            await self._kicks.request(rproc)
        except LinuxError:
            self._error("Request mbox failed")
            raise
        self._choose_auto_boot()
        self._info(f"is_using_kernel_fw: {int(self._kernel_fw)}")
        try:
            await self._kernel.remoteproc.add(rproc)
        except LinuxError:
            self._error("Failed to register rproc")
            await self._kicks.free()
            raise
        self._info("sunxi rproc driver probe ok")

    def _choose_auto_boot(self) -> None:
        """auto-boot is for a core that runs already and whose firmware lies in memory."""
        rproc = self.rproc
        if rproc.state is not State.DETACHED:
            if rproc.auto_boot:
                self._warn(
                    "The bootloader doesn't boot up the remoteproc when auto-boot is enabled!"
                )
                rproc.auto_boot = False
            return
        region = self._node.properties.get("fw-region")
        if region is not None:
            base, size = region
            self._info(
                f"register memory firmware('{rproc.firmware}') for 'e907',"
                f" addr: 0x{base:x}, size: {size}"
            )
            self._firmware.memory = (int(base), int(size))
            return
        self._warn(
            "property 'fw-region' for memory firmware not exist when remoteproc has been booted up"
            " by bootloader!"
        )
        if rproc.auto_boot:
            self._warn("Register memory firmware failed when auto-boot is enabled!")
            rproc.auto_boot = False

    async def remove(self) -> None:
        """sunxi_rproc_remove()."""
        await self._kernel.remoteproc.remove(self.rproc)
        await self._kicks.free()

    # Operations.

    async def _sanity_check(self, rproc: Rproc, fw: Firmware) -> None:
        if not self._kernel_fw:
            self._info("checking private firmware")
        await elf_loader.sanity_check(rproc, fw)

    async def _prepare(self, rproc: Rproc) -> None:
        """Register the memory regions as carveouts; all but the buffers are mapped at once."""
        for index, (name, (base, size)) in enumerate(self._regions.items()):
            da = self._memory.pa_to_da(rproc, base)
            if da is None:
                self._error(f"memory region not valid: 0x{base:08x}")
                raise LinuxError(EINVAL)
            if name == "vdev0buffer":
                mem = MemEntry(name, base, size, da, reserved_index=index)
            else:
                mem = MemEntry(name, base, size, da, va=base)
                rproc.coredump.add_segment(da, size)
            rproc.carveouts.append(mem)

    async def _unprepare(self, rproc: Rproc) -> None:
        for mem in rproc.carveouts:
            if mem.release is not None:
                await mem.release(rproc, mem)
        rproc.carveouts.clear()

    async def _start(self, rproc: Rproc) -> None:
        self._info(f"boot address: 0x{rproc.bootaddr & 0xFFFF_FFFF:08x}")
        await self._core.start(rproc.bootaddr)

    async def _stop(self, rproc: Rproc) -> None:
        await self._core.stop(rproc, self._kicks.channel)

    async def _attach(self, rproc: Rproc) -> None:
        """The core runs: nothing to do to it. Its memory firmware is not needed any more."""
        self._info("remoteproc initialized in general fast boot mode")
        if not rproc.bootaddr:
            self._error("pc_entry not init!")
            raise LinuxError(ENODEV)
        self._firmware.memory = None

    async def _detach(self, rproc: Rproc) -> None:
        """The core goes on without us."""
        self._info("remoteproc deinitialized in general fast boot mode")

    async def _get_loaded_table(self, rproc: Rproc) -> ResourceTable:
        """The table of a running core lies where the same firmware's section says.

        LinuxError ENODEV (no firmware, no such section), EINVAL (no good ELF), ENOMEM.
        """
        fw = await self._running_firmware(rproc)
        try:
            await elf_loader.sanity_check(rproc, fw)
        except LinuxError as error:
            self._error(f"rproc_elf_sanity_check failed: {-error.errno}")
            raise LinuxError(EINVAL) from None
        image = ElfImage(fw.data)
        section = image.section(elf_loader.TABLE_SECTION)
        if section is None:
            self._error("sunxi_rproc_get_loaded_rsc_table find segments err")
            raise LinuxError(ENODEV)
        rproc.bootaddr = image.header.entry
        address = rproc.da_to_va(section.address, section.size)
        if address is None:
            self._error(f"Unable to find loaded rsc table: {rproc.firmware}")
            raise LinuxError(ENOMEM)
        self._info(f"loaded resource table, addr: 0x{section.address:08x}, size: {section.size}")
        return LoadedTable(self._kernel.bus, address, section.size)

    async def _running_firmware(self, rproc: Rproc) -> Firmware:
        try:
            return await self._firmware.request(rproc)
        except LinuxError as error:
            self._error(f"request_firmware failed: {-error.errno}")
            raise LinuxError(ENODEV) from None

    async def _handle_rsc(self, rproc: Rproc, kind: int, offset: int, left: int) -> int:
        """A vendor's entry: the trace is known. LinuxError EINVAL for a bad one."""
        self._info(f"handle vendor resource, type: {kind}")
        table = rproc.table
        assert table is not None
        if kind != RSC_AW_TRACE:
            rproc.info("sunxi_rproc_handle_rsc nobody handle RSC_VENDOR")
            return RSC_IGNORED
        if left < TRACE_SIZE:
            self._error("trace rsc is truncated")
            raise LinuxError(EINVAL)
        if await table.load(offset + TRACE_RESERVED, 4):
            self._error("trace rsc has non zero reserved bytes")
            raise LinuxError(EINVAL)
        da, length = await table.load(offset + TRACE_DA, 4), await table.load(offset + TRACE_LEN, 4)
        name = f"aw_trace_{name_text(await table.read(offset + TRACE_NAME, NAME_SIZE))}"
        rproc.add_trace(Trace(name, da, length))
        self._info(f"add trace mem '{name}', da: 0x{da:08x}, len: {length}")
        return RSC_HANDLED

    def _info(self, text: str) -> None:
        self._kernel.printk(self._prefix, text, INFO)

    def _warn(self, text: str) -> None:
        self._kernel.printk(self._prefix, text, 4)

    def _error(self, text: str) -> None:
        self._kernel.printk(self._prefix, text, ERR)


def _regions(node: DeviceNode) -> dict[str, tuple[int, int]]:
    regions = node.properties.get("memory-region")
    if not isinstance(regions, Mapping):
        raise DeviceTreeError(f"{node.path}: expected regions in memory-region, found none")
    return {name: (int(base), int(size)) for name, (base, size) in regions.items()}


def _default_pool(kernel: LinuxKernel) -> CoherentPool | None:
    """The system's DMA pool, when the devicetree has one (``shared-dma-pool``)."""
    nodes = kernel.tree.compatible("shared-dma-pool")
    return CoherentPool(*nodes[0].reg[0]) if nodes and nodes[0].reg else None


class SunxiRprocDriver:
    """The platform driver ``sunxi-rproc``."""

    name = "sunxi-rproc"
    of_match_table: tuple[str, ...] = ("allwinner,sun300iw1p1-e907-rproc", "allwinner,e907-rproc")

    def __init__(self, kernel: LinuxKernel) -> None:
        self._kernel = kernel

    async def probe(self, device: PlatformDevice) -> None:
        """Take the device. LinuxError EINVAL, or what the mailbox answers."""
        prefix = f"{self.name} {device.name}"
        self._kernel.printk(prefix, f"sunxi rproc driver {VERSION}", INFO)
        try:
            chip = SunxiRproc(self._kernel, device)
        except DeviceTreeError as error:
            self._kernel.printk(prefix, str(error), ERR)
            self._kernel.printk(prefix, "Failed to get resource", ERR)
            raise LinuxError(EINVAL) from None
        device.drvdata = chip
        await chip.probe()

    async def remove(self, device: PlatformDevice) -> None:
        """Let go of the device."""
        assert isinstance(device.drvdata, SunxiRproc)
        await device.drvdata.remove()


async def init(kernel: LinuxKernel) -> None:
    """Initcall: register the driver."""
    await kernel.platform_bus.register_driver(SunxiRprocDriver(kernel))
