# SPDX-License-Identifier: Apache-2.0
"""The virtio core: devices, drivers, status and feature negotiation (drivers/virtio/virtio.c)."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntFlag
from typing import Protocol

from host_side.kernel.dma import CoherentPool
from host_side.kernel.errors import LinuxError
from host_side.kernel.platform import Platform
from host_side.kernel.printk import ERR
from host_side.virtio.layout import F_VERSION_1
from host_side.virtio.virtqueue import Callback, Virtqueue

ENODEV, ENXIO = 19, 6
PLATFORM = "/sys/devices/platform"
TRANSPORT_FEATURES = range(28, 42)
"""Bits that belong to the transport and the ring, not to the device type."""


class Status(IntFlag):
    """Device status bits (include/uapi/linux/virtio_config.h)."""

    ACKNOWLEDGE = 1
    DRIVER = 2
    DRIVER_OK = 4
    FEATURES_OK = 8
    FAILED = 0x80


class VirtioTransport(Protocol):
    """virtio_config_ops: how one kind of device is reached."""

    dma: CoherentPool

    async def get_status(self) -> int:
        """The status byte."""

    async def set_status(self, status: int) -> None:
        """Write the status byte."""

    async def get_features(self) -> int:
        """Features that the device offers, as a bit mask."""

    async def finalize_features(self, features: int) -> int:
        """Accept what was negotiated; returns it without what the ring layer does not take."""

    async def find_vqs(
        self, device: VirtioDevice, names: Sequence[str], callbacks: Sequence[Callback]
    ) -> list[Virtqueue]:
        """Set up the device's queues, in order. LinuxError ENOMEM, EINVAL."""

    async def del_vqs(self) -> None:
        """Give the queues up."""


class VirtioDriver(Protocol):
    """A driver of one device type."""

    name: str
    device_id: int
    features: Sequence[int]

    async def probe(self, device: VirtioDevice) -> None:
        """Take the device. LinuxError refuses it."""

    async def remove(self, device: VirtioDevice) -> None:
        """Let go of the device."""


class VirtioDevice:
    """A registered device; ``features`` are those negotiated, ``priv`` belongs to the driver.

    ``parent`` is the directory of its parent device below /sys/devices.
    """

    def __init__(
        self, index: int, device_id: int, transport: VirtioTransport, parent: str = PLATFORM
    ) -> None:
        self.index = index
        self.name = f"virtio{index}"
        self.sysfs_path = f"{parent}/{self.name}"
        self.device_id = device_id
        self.vendor = 0
        self.transport = transport
        self.features = 0
        self.driver: VirtioDriver | None = None
        self.priv: object = None

    @property
    def log_prefix(self) -> str:
        """What dev_printk puts before a message."""
        return f"{self.driver.name if self.driver else 'virtio'} {self.name}"

    def has_feature(self, bit: int) -> bool:
        """Feature ``bit`` was negotiated."""
        return bool(self.features >> bit & 1)

    async def add_status(self, bit: int) -> None:
        """Set a bit of the device's status."""
        await self.transport.set_status(await self.transport.get_status() | bit)

    async def reset(self) -> None:
        """virtio_reset_device(): status 0."""
        await self.transport.set_status(0)

    async def ready(self) -> None:
        """virtio_device_ready(): the device may use the queues now."""
        await self.add_status(Status.DRIVER_OK)

    ATTRIBUTES = ("device", "vendor", "status", "modalias", "features")
    """Files of /sys/bus/virtio/devices/virtioN."""

    async def attribute(self, name: str) -> str:
        """The text of one file; only the status is asked of the device."""
        if name == "status":
            return f"0x{await self.transport.get_status():08x}\n"
        texts = {
            "device": f"0x{self.device_id:04x}\n",
            "vendor": f"0x{self.vendor:04x}\n",
            "modalias": f"virtio:d{self.device_id:08X}v{self.vendor:08X}\n",
            "features": "".join(str(self.features >> bit & 1) for bit in range(64)) + "\n",
        }
        return texts[name]

    async def attributes(self) -> dict[str, str]:
        """All of them, by name."""
        return {name: await self.attribute(name) for name in self.ATTRIBUTES}


class VirtioView(Protocol):
    """Something that shows virtio devices (sysfs)."""

    def added(self, device: VirtioDevice) -> None:
        """A device is there; its driver has not seen it yet."""

    def removed(self, device: VirtioDevice) -> None:
        """It goes away; its driver has left it."""


class VirtioBus:
    """Registered devices and drivers."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self.devices: list[VirtioDevice] = []
        self.drivers: list[VirtioDriver] = []
        self.views: list[VirtioView] = []

    async def register_driver(self, driver: VirtioDriver) -> None:
        """Add a driver and let it probe the devices that wait for it."""
        self.drivers.append(driver)
        for device in list(self.devices):
            if device.driver is None and device.device_id == driver.device_id:
                await self._probe(device, driver)

    async def register_device(
        self, transport: VirtioTransport, device_id: int, parent: str = PLATFORM
    ) -> VirtioDevice:
        """register_virtio_device(): reset, acknowledge, probe. A failing probe is not an error."""
        index = self._free_index()
        device = VirtioDevice(index, device_id, transport, parent)
        await device.reset()
        await device.add_status(Status.ACKNOWLEDGE)
        self.devices.append(device)
        for view in self.views:
            view.added(device)
        for driver in self.drivers:
            if driver.device_id == device_id:
                await self._probe(device, driver)
                break
        return device

    async def unregister_device(self, device: VirtioDevice) -> None:
        """Remove the driver, leave the device acknowledged (final status 1), forget it."""
        if device.driver is not None:
            await device.driver.remove(device)
            await device.add_status(Status.ACKNOWLEDGE)
            device.driver = None
        for view in self.views:
            view.removed(device)
        self.devices.remove(device)

    def _free_index(self) -> int:
        taken = {device.index for device in self.devices}
        return next(index for index in range(len(taken) + 1) if index not in taken)

    async def _probe(self, device: VirtioDevice, driver: VirtioDriver) -> None:
        device.driver = driver
        try:
            await self._negotiate(device, driver)
            await driver.probe(device)
        except LinuxError as error:
            await device.add_status(Status.FAILED)
            if error.errno not in (ENODEV, ENXIO):
                self._platform.printk(
                    device.log_prefix,
                    f"probe with driver {driver.name} failed with error {-error.errno}",
                    ERR,
                )
            device.driver = None
            return
        if not await device.transport.get_status() & Status.DRIVER_OK:
            await device.ready()

    async def _negotiate(self, device: VirtioDevice, driver: VirtioDriver) -> None:
        await device.add_status(Status.DRIVER)
        offered = await device.transport.get_features()
        wanted = 0
        for bit in (*driver.features, *TRANSPORT_FEATURES):
            wanted |= offered & 1 << bit
        device.features = await device.transport.finalize_features(wanted)
        if not device.has_feature(F_VERSION_1):
            return
        await device.add_status(Status.FEATURES_OK)
        if not await device.transport.get_status() & Status.FEATURES_OK:
            status = await device.transport.get_status()
            self._platform.printk(
                device.log_prefix, f"virtio: device refuses features: {status:x}", ERR
            )
            raise LinuxError(ENODEV)
