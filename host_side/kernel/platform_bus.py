# SPDX-License-Identifier: Apache-2.0
"""The platform bus: devices from the devicetree, bound to drivers by ``compatible``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from host_side.devicetree import DeviceNode, DeviceTree
from host_side.kernel.errors import LinuxError
from host_side.kernel.printk import ERR

ENODEV, ENXIO = 19, 6


class PlatformDevice:
    """A device made from a node; ``drvdata`` belongs to its driver."""

    def __init__(self, node: DeviceNode) -> None:
        self.node = node
        self.name = node.device_name
        self.driver: PlatformDriver | None = None
        self.drvdata: object = None

    @property
    def sysfs_path(self) -> str:
        """Directory below /sys/devices: below those of the nodes around it."""
        above = self.node.path.strip("/").split("/")[:-1]
        return "/".join(("/sys/devices/platform", *above, self.name))


class PlatformDriver(Protocol):
    """A driver: its name, the nodes it takes, and what to do with one."""

    name: str
    of_match_table: tuple[str, ...]

    async def probe(self, device: PlatformDevice) -> None:
        """Take the device; LinuxError refuses it."""

    async def remove(self, device: PlatformDevice) -> None:
        """Let go of the device."""


class PlatformBus:
    """Devices of the tree and registered drivers."""

    def __init__(self, tree: DeviceTree, printk: Callable[[str, str, int], None]) -> None:
        self.devices = [PlatformDevice(node) for node in tree.nodes if node.compatible]
        self._printk = printk

    async def register_driver(self, driver: PlatformDriver) -> None:
        """Probe every unbound device that the driver matches, in tree order."""
        for device in self.devices:
            matches = any(name in device.node.compatible for name in driver.of_match_table)
            status = device.node.properties.get("status", "okay")
            if matches and device.driver is None and status in ("okay", "ok"):
                await self._probe(driver, device)

    async def unbind(self, device: PlatformDevice) -> None:
        """What writing the device's name to the driver's ``unbind`` file does."""
        driver = device.driver
        if driver is None:
            raise LinuxError(ENODEV)
        await driver.remove(device)
        device.driver = None
        device.drvdata = None

    async def _probe(self, driver: PlatformDriver, device: PlatformDevice) -> None:
        device.driver = driver
        try:
            await driver.probe(device)
        except LinuxError as error:
            device.driver = None
            if error.errno not in (ENODEV, ENXIO):
                self._printk(
                    f"{driver.name} {device.name}",
                    f"probe with driver {driver.name} failed with error {-error.errno}",
                    ERR,
                )
