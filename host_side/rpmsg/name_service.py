# SPDX-License-Identifier: Apache-2.0
"""The name service endpoint at address 53 (drivers/rpmsg/rpmsg_ns.c)."""

from __future__ import annotations

from typing import Protocol

from host_side.kernel.errors import LinuxError
from host_side.kernel.platform import Platform
from host_side.kernel.printk import ERR, INFO
from host_side.rpmsg.core import RpmsgBus, RpmsgDevice, RpmsgDriver
from host_side.rpmsg.layout import (
    ADDR_ANY,
    HEADER_SIZE,
    NAME_SIZE,
    NS_ADDR,
    NS_DESTROY,
    NS_MESSAGE,
    field_name,
)
from host_side.rpmsg.virtio_rpmsg_bus import VirtioRpmsgBus

ENOMEM = 12


class NameServiceDriver(RpmsgDriver):
    """Makes and removes channels as the remote announces them."""

    name = "rpmsg_ns"
    id_table = ("rpmsg_ns",)

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def probe(self, rpdev: RpmsgDevice) -> None:
        """Bind address 53. LinuxError ENOMEM when it is taken."""
        try:
            rpdev.ept = await rpdev.create_ept(self._receive, "name_service", NS_ADDR, ADDR_ANY)
        except LinuxError:
            self._platform.printk(rpdev.log_prefix, "failed to create the ns ept", ERR)
            raise LinuxError(ENOMEM) from None

    async def _receive(self, rpdev: RpmsgDevice, data: bytes, src: int) -> None:
        """rpmsg_ns_cb(): the sender's address does not count, the announced one does."""
        bus = rpdev.bus
        assert isinstance(bus, VirtioRpmsgBus)
        prefix = bus.vdev.log_prefix
        printk = self._platform.printk
        if len(data) != NS_MESSAGE.size:
            printk(prefix, f"malformed ns msg ({len(data)})", ERR)
            return
        # The name is terminated where it lies: in the shared receive buffer.
        await self._platform.bus.store(bus.rx_buffer + HEADER_SIZE + NAME_SIZE - 1, 1, 0)
        field, address, flags = NS_MESSAGE.unpack(data)
        name = field_name(field)
        verb = "destroy" if flags & NS_DESTROY else "creat"
        printk(prefix, f"{verb}ing channel {name} addr 0x{address:x}", INFO)
        if flags & NS_DESTROY:
            try:
                await bus.release_channel(name, ADDR_ANY, address)
            except LinuxError as error:
                printk(prefix, f"rpmsg_destroy_channel failed: {-error.errno}", ERR)
        elif await bus.create_channel(name, ADDR_ANY, address) is None:
            printk(prefix, "rpmsg_create_channel failed", ERR)


class NameServiceHost(Platform, Protocol):
    """A platform with an rpmsg bus."""

    rpmsg: RpmsgBus


async def init(kernel: NameServiceHost) -> None:
    """Initcall: register the driver."""
    await kernel.rpmsg.register_driver(NameServiceDriver(kernel))
