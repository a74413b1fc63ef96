# SPDX-License-Identifier: Apache-2.0
"""RPBuf's service: the driver of the channel ``rpbuf-service`` (rpbuf_service_rpmsg.c)."""

from __future__ import annotations

import errno

from host_side.kernel.errors import LinuxError
from host_side.kernel.platform import Platform
from host_side.kernel.printk import ERR
from host_side.rpbuf.controller import Controller
from host_side.rpbuf.layout import FrameError, parse
from host_side.rpbuf.link import CORE, Link, Links
from host_side.rpbuf.notifications import Notifications
from host_side.rpmsg.core import RpmsgDevice, RpmsgDriver
from host_side.rpmsg.sunxi_remote import remote_name


class Service:
    """One channel's service, registered at the link of its remote processor."""

    def __init__(self, platform: Platform, rpdev: RpmsgDevice) -> None:
        self.prefix = rpdev.log_prefix
        self._platform = platform
        self._rpdev = rpdev
        self.link: Link | None = None

    async def notify(self, frame: bytes) -> None:
        """Send a frame without waiting for a buffer; LinuxError ENOMEM when there is none."""
        ept = self._rpdev.ept
        if ept is None:
            raise LinuxError(errno.EINVAL)
        await ept.trysend(frame)

    async def received(self, frame: bytes) -> None:
        """A frame came: damaged ones are refused, with the kernel's messages. LinuxError EINVAL,
        or what its handler returns."""
        try:
            command, content = parse(frame)
        except FrameError as error:
            self._say(f"{CORE} {error}" if error.of_core else str(error), core=error.of_core)
            raise LinuxError(errno.EINVAL) from None
        try:
            controller = self.link.controller if self.link is not None else None
            if self.link is None or not isinstance(controller, Controller):
                self._say("service not linked with controller")
                raise LinuxError(errno.ENOENT)
            await Notifications(controller, self.link).handle(content)
        except LinuxError as error:
            self._say(f"rpbuf_service_command_handlers[{command}] error ({-error.errno})")
            raise

    def _say(self, text: str, *, core: bool = False) -> None:
        self._platform.printk("" if core else self.prefix, text, ERR)


class RpbufService(RpmsgDriver):
    """The driver; the first message on a new channel is its announcement back."""

    name = "rpbuf_service_rpmsg"
    id_table = ("rpbuf-service",)

    def __init__(self, platform: Platform, links: Links) -> None:
        self._platform = platform
        self._links = links
        self._services: dict[RpmsgDevice, Service] = {}

    async def probe(self, rpdev: RpmsgDevice) -> None:
        """Link the channel with the controller of its remote; LinuxError EINVAL, ENOENT."""
        rpdev.announce = True
        service = Service(self._platform, rpdev)
        try:
            token = remote_name(rpdev)
        except LinuxError:
            self._say(rpdev, "cannot get rpmsg device parent 0")
            raise
        try:
            service.link = await self._links.register_service(service, token)
        except LinuxError:
            self._say(rpdev, "rpbuf_register_service failed")
            raise
        self._services[rpdev] = service

    async def callback(self, rpdev: RpmsgDevice, data: bytes, src: int) -> None:
        """A frame from the remote."""
        await self._services[rpdev].received(data)

    async def remove(self, rpdev: RpmsgDevice) -> None:
        """The remote goes away: what was available is not any more."""
        service = self._services.pop(rpdev)
        assert service.link is not None
        await self._links.unregister_service(service.link)

    def _say(self, rpdev: RpmsgDevice, text: str) -> None:
        self._platform.printk(rpdev.log_prefix, text, ERR)
