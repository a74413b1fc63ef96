# SPDX-License-Identifier: Apache-2.0
"""The rpmsg bus: channels, endpoints and drivers (drivers/rpmsg/rpmsg_core.c)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol

from host_side.kernel.errors import LinuxError
from host_side.kernel.platform import Platform
from host_side.kernel.printk import ERR
from host_side.rpmsg.layout import ADDR_ANY, NAME_SIZE, signed

__all__ = (
    "ADDR_ANY",
    "EndpointCallback",
    "LinuxError",
    "RpmsgBus",
    "RpmsgChannelBus",
    "RpmsgDevice",
    "RpmsgDriver",
    "RpmsgEndpoint",
)

EINVAL, ENODEV, ENOMEM, ENXIO = 22, 19, 12, 6

EndpointCallback = Callable[["RpmsgDevice", bytes, int], Awaitable[None]]
"""``await callback(rpdev, data, src)``: one received payload and the address it came from."""


class RpmsgChannelBus(Protocol):
    """What carries a channel's messages; ``VirtioRpmsgBus`` is one (rpmsg_device_ops)."""

    @property
    def sysfs_path(self) -> str:
        """Directory of the device whose channels these are, below /sys/devices."""

    async def create_ept(
        self, callback: EndpointCallback, name: str, src: int, dst: int, rpdev: RpmsgDevice
    ) -> RpmsgEndpoint:
        """Bind a local address to a callback."""

    async def destroy_ept(self, ept: RpmsgEndpoint) -> None:
        """Free an endpoint's address."""

    async def create_channel(self, name: str, src: int, dst: int) -> RpmsgDevice | None:
        """Make a channel, None if it exists already."""

    async def release_channel(self, name: str, src: int, dst: int) -> None:
        """Remove the first channel that matches."""

    async def send(self, rpdev: RpmsgDevice, src: int, dst: int, data: bytes, wait: bool) -> None:
        """Send one message."""

    async def announce_create(self, rpdev: RpmsgDevice) -> None:
        """Tell the remote of a channel that is bound now."""

    async def announce_destroy(self, rpdev: RpmsgDevice) -> None:
        """Tell the remote that a channel goes away."""


class RpmsgEndpoint:
    """A local address with a callback. Sending raises LinuxError EINVAL, EMSGSIZE, ENOMEM (try)
    and ERESTARTSYS (15 s without a free buffer)."""

    __slots__ = ("_bus", "addr", "callback", "name", "rpdev")

    def __init__(
        self,
        bus: RpmsgChannelBus,
        rpdev: RpmsgDevice,
        callback: EndpointCallback,
        name: str,
        addr: int,
    ) -> None:
        self._bus = bus
        self.rpdev = rpdev
        self.callback: EndpointCallback | None = callback
        self.name = name
        self.addr = addr

    def send(self, data: bytes) -> Awaitable[None]:
        """Send to the channel's remote address, waiting for a buffer."""
        return self._bus.send(self.rpdev, self.addr, self.rpdev.dst, data, True)

    def sendto(self, data: bytes, dst: int) -> Awaitable[None]:
        """Send to ``dst``, waiting for a buffer."""
        return self._bus.send(self.rpdev, self.addr, dst, data, True)

    def send_offchannel(self, data: bytes, src: int, dst: int) -> Awaitable[None]:
        """Send with an explicit source, waiting for a buffer."""
        return self._bus.send(self.rpdev, src, dst, data, True)

    def trysend(self, data: bytes) -> Awaitable[None]:
        """Send to the channel's remote address; ENOMEM when no buffer is free."""
        return self._bus.send(self.rpdev, self.addr, self.rpdev.dst, data, False)

    def trysendto(self, data: bytes, dst: int) -> Awaitable[None]:
        """Send to ``dst``; ENOMEM when no buffer is free."""
        return self._bus.send(self.rpdev, self.addr, dst, data, False)

    def trysend_offchannel(self, data: bytes, src: int, dst: int) -> Awaitable[None]:
        """Send with an explicit source; ENOMEM when no buffer is free."""
        return self._bus.send(self.rpdev, src, dst, data, False)

    def destroy(self) -> Awaitable[None]:
        """Free the address; messages that still come for it are dropped."""
        return self._bus.destroy_ept(self)


class RpmsgDriver:
    """Base of rpmsg drivers: names it serves, and what it does with a channel."""

    name: str
    id_table: tuple[str, ...] = ()
    callback: EndpointCallback | None = None
    """For messages to the channel's default endpoint, which the core makes before ``probe`` if
    this is not None. What it raises as LinuxError is ignored."""

    async def probe(self, rpdev: RpmsgDevice) -> None:
        """Take the channel. LinuxError refuses it."""

    async def remove(self, rpdev: RpmsgDevice) -> None:
        """Let go of the channel."""


class RpmsgDevice:
    """A channel: a name with a local and a remote address, and the driver bound to it."""

    def __init__(
        self, bus: RpmsgChannelBus, parent: str, name: str, src: int, dst: int, *, announce: bool
    ) -> None:
        self.bus = bus
        self.name = name
        self.src = src
        self.dst = dst
        self.announce = announce
        self.dev_name = f"{parent}.{name}.{signed(src)}.{signed(dst)}".replace("/", "!")
        """Frozen at registration: a name service channel keeps its src of -1."""
        self.ept: RpmsgEndpoint | None = None
        self.driver: RpmsgDriver | None = None
        self.driver_override: str | None = None
        self.drvdata: object = None
        self.leaving = False
        """Its driver is being removed; the endpoint, with its callback, lasts a little longer."""

    @property
    def log_prefix(self) -> str:
        """What dev_printk puts before a message."""
        return f"{self.driver.name if self.driver else 'rpmsg'} {self.dev_name}"

    def create_ept(
        self, callback: EndpointCallback, name: str, src: int, dst: int
    ) -> Awaitable[RpmsgEndpoint]:
        """An endpoint of this channel at ``src`` (ADDR_ANY: a free one). LinuxError if taken."""
        return self.bus.create_ept(callback, name, src, dst, self)

    def attributes(self) -> dict[str, str]:
        """Files of /sys/bus/rpmsg/devices/<dev_name> and their contents."""
        return {
            "name": f"{self.name}\n",
            "src": f"0x{self.src:x}\n",
            "dst": f"0x{self.dst:x}\n",
            "announce": "true\n" if self.announce else "false\n",
            "modalias": f"rpmsg:{self.name}\n",
        }

    def matches(self, name: str, src: int, dst: int) -> bool:
        """rpmsg_device_match(): addresses that are ANY match every one."""
        return (
            (src in (ADDR_ANY, self.src))
            and (dst in (ADDR_ANY, self.dst))
            and self.name == name[: NAME_SIZE - 1]
        )


class RpmsgBus:
    """The bus type ``rpmsg``: every channel of every virtio device, and the drivers."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self.devices: list[RpmsgDevice] = []
        self.drivers: list[RpmsgDriver] = []

    async def register_driver(self, driver: RpmsgDriver) -> None:
        """Add a driver and let it probe the channels that wait for it."""
        self.drivers.append(driver)
        for rpdev in list(self.devices):
            if rpdev.driver is None and _matches(rpdev, driver):
                await self._probe(rpdev, driver)

    async def unregister_driver(self, driver: RpmsgDriver) -> None:
        """Remove the driver from its channels, which stay unbound, and forget it."""
        self.drivers.remove(driver)
        for rpdev in list(self.devices):
            if rpdev.driver is driver:
                await self._remove(rpdev)

    async def register_device(self, rpdev: RpmsgDevice) -> None:
        """Add a channel; the first driver that matches probes it."""
        self.devices.append(rpdev)
        for driver in list(self.drivers):
            if _matches(rpdev, driver):
                await self._probe(rpdev, driver)
                break

    async def unregister_device(self, rpdev: RpmsgDevice) -> None:
        """Remove a channel with its driver and its default endpoint."""
        self.devices.remove(rpdev)
        if rpdev.driver is not None:
            await self._remove(rpdev)

    async def _probe(self, rpdev: RpmsgDevice, driver: RpmsgDriver) -> None:
        """rpmsg_dev_probe(): endpoint, driver's probe, announcement; undone on an error."""
        rpdev.driver = driver
        prefix = rpdev.log_prefix
        printk = self._platform.printk
        try:
            await self._bind(rpdev, driver, prefix)
        except LinuxError as error:
            if rpdev.ept is not None:
                await rpdev.ept.destroy()
                rpdev.ept = None
            rpdev.driver = None
            if error.errno not in (ENODEV, ENXIO):
                failed = f"probe with driver {driver.name} failed with error {-error.errno}"
                printk(prefix, failed, ERR)

    async def _bind(self, rpdev: RpmsgDevice, driver: RpmsgDriver, prefix: str) -> None:
        printk = self._platform.printk
        if driver.callback is not None:
            rpdev.ept = await self._default_ept(rpdev, driver.callback, prefix)
            rpdev.src = rpdev.ept.addr
        try:
            await driver.probe(rpdev)
        except LinuxError as error:
            printk(prefix, f"rpmsg_dev_probe: failed: {-error.errno}", ERR)
            raise
        if rpdev.ept is None:
            return
        try:
            await rpdev.bus.announce_create(rpdev)
        except LinuxError:
            printk(prefix, "failed to announce creation", ERR)
            await driver.remove(rpdev)
            raise

    async def _default_ept(
        self, rpdev: RpmsgDevice, callback: EndpointCallback, prefix: str
    ) -> RpmsgEndpoint:
        try:
            return await rpdev.bus.create_ept(callback, rpdev.name, rpdev.src, ADDR_ANY, rpdev)
        except LinuxError:
            self._platform.printk(prefix, "failed to create endpoint", ERR)
            raise LinuxError(ENOMEM) from None

    async def _remove(self, rpdev: RpmsgDevice) -> None:
        """rpmsg_dev_remove(): tell the remote, remove the driver, destroy the endpoint."""
        driver = rpdev.driver
        assert driver is not None
        with suppress(LinuxError):  # logged where it happened; removal goes on
            await rpdev.bus.announce_destroy(rpdev)
        rpdev.leaving = True
        await driver.remove(rpdev)
        if rpdev.ept is not None:
            await rpdev.ept.destroy()
            rpdev.ept = None
        rpdev.driver = None
        rpdev.leaving = False


def _matches(rpdev: RpmsgDevice, driver: RpmsgDriver) -> bool:
    if rpdev.driver_override is not None:
        return rpdev.driver_override == driver.name
    return rpdev.name in driver.id_table
