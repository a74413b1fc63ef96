# SPDX-License-Identifier: Apache-2.0
"""Reading side of an endpoint's character device: one message a read, from a queue.

What drivers/rpmsg/rpmsg_char.c and Allwinner's rpmsg_client.c have in common.
"""

from __future__ import annotations

import errno
from collections import deque
from typing import TYPE_CHECKING

from host_side.fs.file import FileOperations, OpenFile
from host_side.fs.flags import Poll
from host_side.kernel.errors import LinuxError
from host_side.kernel.platform import Platform, WaitQueue

if TYPE_CHECKING:
    from host_side.rpmsg.core import RpmsgEndpoint


class MessageFile(FileOperations):
    """Queue of received messages. Without an endpoint, reading is EPIPE and poll is ERR.

    ``name`` says below /dev whose messages a reader waits for.
    """

    def __init__(self, platform: Platform, name: str = "rpmsg") -> None:
        self._platform = platform
        self._spend = platform.spend
        self._ept: RpmsgEndpoint | None = None
        self._queue: deque[bytes] = deque()
        self._readers = platform.wait_queue("message", f"/dev/{name}")

    async def read(self, file: OpenFile, count: int) -> bytes:
        """The oldest message, cut to ``count`` bytes; EAGAIN, EPIPE or ERESTARTSYS without one."""
        if self._ept is None:
            raise LinuxError(errno.EPIPE)
        if not self._queue:
            if file.nonblocking:
                raise LinuxError(errno.EAGAIN)
            await self._readers.wait(lambda: self._queue or self._ept is None, interruptible=True)
            if self._ept is None:
                raise LinuxError(errno.EPIPE)
        if not self._queue:
            raise LinuxError(errno.EFAULT)
        message = self._queue.popleft()
        if self._ept is not None:
            self._platform.event("msg_recv", self._ept.addr, len(message))
        await self._spend("copy")
        return message[:count]

    def poll(self, file: OpenFile) -> Poll:
        """IN when a message waits, ERR without endpoint; never OUT, as virtio has no poll op."""
        if self._ept is None:
            return Poll.ERR
        return Poll.IN | Poll.RDNORM if self._queue else Poll(0)

    def poll_queue(self, file: OpenFile) -> WaitQueue:
        """Woken by each message."""
        return self._readers
