# SPDX-License-Identifier: Apache-2.0
"""What ties a service (the channel) to a controller (the memory) of the same remote processor.

Messages of rpbuf_core.c carry ``[RPBUF CORE]`` here, without the function and line that follow it
in the original.
"""

from __future__ import annotations

import errno
from typing import Protocol

from host_side.kernel.errors import LinuxError
from host_side.kernel.platform import Mutex, Platform, WaitQueue
from host_side.kernel.printk import ERR
from host_side.rpbuf.layout import Content, compose

CORE = "[RPBUF CORE]"


class LinkedService(Protocol):
    """The service's end."""

    prefix: str

    async def notify(self, frame: bytes) -> None:
        """Send a frame; LinuxError when it cannot be sent."""


class LinkedController(Protocol):
    """The controller's end."""

    prefix: str
    ready: WaitQueue

    async def reset(self) -> None:
        """The remote went away."""


class Link:
    """struct rpbuf_link: at most one service and one controller with the same token."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self.service: LinkedService | None = None
        self.controller: LinkedController | None = None
        self.service_lock: Mutex = platform.mutex("rpbuf service")
        self.controller_lock: Mutex = platform.mutex("rpbuf controller")

    async def notify(self, content: Content) -> None:
        """Tell the remote; LinuxError ENOENT without a service, or as sending raises.

        Not to be called with ``controller_lock`` held.
        """
        printk = self._platform.printk
        async with self.service_lock:
            service = self.service
            if service is None:
                printk("", f"{CORE} link has no service", ERR)
                raise LinuxError(errno.ENOENT)
            try:
                await service.notify(compose(content))
            except LinuxError as error:
                printk(service.prefix, f"notify error: {-error.errno}", ERR)
                # The original says CREATED whatever it was.
                printk(service.prefix, "notify BUFFER_CREATED error", ERR)
                raise


class Links:
    """All links by token, the name of the remote processor's node."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._links: dict[str, Link] = {}

    async def register_service(self, service: LinkedService, token: str) -> Link:
        """Connect a service; LinuxError EINVAL when the token has one."""
        link = self._get(token)
        async with link.service_lock:
            if link.service is not None:
                self._refuse("service")
            link.service = service
        if link.controller is not None:
            link.controller.ready.wake_up()
        return link

    async def unregister_service(self, link: Link) -> None:
        """Disconnect it; the controller's connections are reset."""
        async with link.service_lock:
            if link.controller is not None:
                await link.controller.reset()
            link.service = None

    async def register_controller(self, controller: LinkedController, token: str) -> Link:
        """Connect a controller; LinuxError EINVAL when the token has one."""
        link = self._get(token)
        async with link.controller_lock:
            if link.controller is not None:
                self._refuse("controller")
            link.controller = controller
        return link

    async def unregister_controller(self, link: Link) -> None:
        """Disconnect it."""
        async with link.controller_lock:
            link.controller = None

    def _get(self, token: str) -> Link:
        return self._links.setdefault(token, Link(self._platform))

    def _refuse(self, what: str) -> None:
        text = f"{CORE} another {what} in the same token has been registered"
        self._platform.printk("", text, ERR)
        raise LinuxError(errno.EINVAL)
