# SPDX-License-Identifier: Apache-2.0
"""/dev/rpmsgM: an endpoint as a character device, one message a read and a write.

Follows drivers/rpmsg/rpmsg_char.c: order of checks, errno values, and what outlives a close.
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from host_side.fs.file import IoctlArgument, OpenFile
from host_side.kernel.errors import LinuxError
from host_side.kernel.platform import Platform
from host_side.kernel.printk import ERR
from host_side.rpmsg.message_file import MessageFile
from host_side.rpmsg.uapi import (
    RPMSG_DESTROY_EPT_IOCTL,
    RPMSG_GET_OUTGOING_FLOWCONTROL,
    RPMSG_SET_INCOMING_FLOWCONTROL,
    EndpointInfo,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from host_side.rpmsg.core import RpmsgDevice, RpmsgEndpoint


class RpmsgEptdev(MessageFile):
    """One endpoint device.

    With a ``default_ept`` (a channel that the name service bound) messages queue from the start and
    the endpoint outlives a close; without one an endpoint exists only while the device is open.
    """

    def __init__(
        self,
        platform: Platform,
        rpdev: RpmsgDevice,
        info: EndpointInfo,
        name: str,
        *,
        on_release: Callable[[], None],
        default_ept: RpmsgEndpoint | None = None,
    ) -> None:
        super().__init__(platform, name)
        self._rpdev: RpmsgDevice | None = rpdev
        self.info = info
        self.name = name
        self.destroy: Callable[[], Awaitable[None]] = self.shut_down
        self._on_release = on_release
        self._references = 1
        self._default_ept = default_ept
        self._lock = platform.mutex(f"/dev/{name}")
        self._remote_flow_restricted = False

    async def receive(self, rpdev: RpmsgDevice, data: bytes, src: int) -> None:
        """Endpoint callback: queue a copy of the message and wake the reader."""
        await self._spend("copy")
        self._queue.append(bytes(data))
        self._readers.wake_up()

    async def shut_down(self) -> None:
        """The channel below goes away: readers wake with EPIPE, a new open is ENETRESET."""
        async with self._lock:
            self._rpdev = None
            if self._ept is not None:
                await self._drop_endpoint(self._ept)
        self._readers.wake_up()
        self._put()

    async def open(self, file: OpenFile) -> None:
        """EBUSY when open already, ENETRESET without channel, EINVAL without endpoint."""
        async with self._lock:
            if self._ept is not None:
                raise LinuxError(errno.EBUSY)
            if self._rpdev is None:
                raise LinuxError(errno.ENETRESET)
            self._ept = self._default_ept or await self._create_endpoint(self._rpdev)
            self._references += 1

    async def release(self, file: OpenFile) -> None:
        """Destroy the endpoint unless it is the channel's own; discard what was not read."""
        async with self._lock:
            if self._ept is not None:
                await self._drop_endpoint(self._ept)
        self._queue.clear()
        self._put()

    async def write(self, file: OpenFile, data: bytes) -> int:
        """Send one message to the channel's remote address; all of it or an error.

        O_NONBLOCK turns "no buffer" into EAGAIN; otherwise the bus waits for one.
        """
        await self._spend("copy")
        async with self._lock:
            ept = self._ept
            if ept is None:
                raise LinuxError(errno.EPIPE)
            if file.nonblocking:
                await self._try_send(ept, data)
            else:
                await ept.sendto(data, self.info.dst)
        return len(data)

    async def ioctl(self, file: OpenFile, command: int, argument: IoctlArgument) -> int:
        """Flow control and RPMSG_DESTROY_EPT_IOCTL; EINVAL for anything else."""
        if command == RPMSG_GET_OUTGOING_FLOWCONTROL:
            return self._put_flow_state(argument)
        if command == RPMSG_SET_INCOMING_FLOWCONTROL:
            if not isinstance(argument, int) or argument not in (0, 1):
                raise LinuxError(errno.EINVAL)
            # virtio_rpmsg_bus has no set_flow_control operation.
            raise LinuxError(errno.EINVAL if self._ept is None else errno.EOPNOTSUPP)
        if command == RPMSG_DESTROY_EPT_IOCTL and self._default_ept is None:
            await self.destroy()
            return 0
        raise LinuxError(errno.EINVAL)

    async def _create_endpoint(self, rpdev: RpmsgDevice) -> RpmsgEndpoint:
        info = self.info
        try:
            return await rpdev.create_ept(self.receive, info.name, info.src, info.dst)
        except LinuxError:
            self._platform.printk(f"rpmsg {self.name}", f"failed to open {info.name}", ERR)
            raise LinuxError(errno.EINVAL) from None

    async def _drop_endpoint(self, ept: RpmsgEndpoint) -> None:
        self._ept = None
        if self._default_ept is None:
            await ept.destroy()

    async def _try_send(self, ept: RpmsgEndpoint, data: bytes) -> None:
        try:
            await ept.trysendto(data, self.info.dst)
        except LinuxError as error:
            if error.errno == errno.ENOMEM:
                raise LinuxError(errno.EAGAIN) from None
            raise

    def _put_flow_state(self, argument: IoctlArgument) -> int:
        if not isinstance(argument, bytearray) or len(argument) < 4:
            raise LinuxError(errno.EFAULT)
        argument[:4] = int(self._remote_flow_restricted).to_bytes(4, "little")
        return 0

    def _put(self) -> None:
        self._references -= 1
        if not self._references:
            self._on_release()
