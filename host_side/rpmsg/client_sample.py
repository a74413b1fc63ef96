# SPDX-License-Identifier: Apache-2.0
"""The kernel's sample driver: says hello until it was answered ``count`` times.

Follows samples/rpmsg/rpmsg_client_sample.c, dmesg texts included.
"""

from __future__ import annotations

from host_side.kernel.errors import LinuxError
from host_side.kernel.platform import Platform
from host_side.kernel.printk import ERR
from host_side.rpmsg.core import RpmsgDevice, RpmsgDriver

MESSAGE = b"hello world!"


class RpmsgClientSample(RpmsgDriver):
    """Sends ``hello world!`` at probe and after each of the first ``count`` - 1 answers."""

    name = "rpmsg_client_sample"
    id_table = ("rpmsg-client-sample",)

    def __init__(self, platform: Platform, count: int = 100) -> None:
        self._platform = platform
        self._count = count
        self._received: dict[RpmsgDevice, int] = {}

    async def probe(self, rpdev: RpmsgDevice) -> None:
        """First message; a send error refuses the channel."""
        self._received[rpdev] = 0
        self._say(rpdev, f"new channel: 0x{rpdev.src:x} -> 0x{rpdev.dst:x}!")
        assert rpdev.ept is not None
        try:
            await rpdev.ept.send(MESSAGE)
        except LinuxError as error:
            self._say(rpdev, f"rpmsg_send failed: {-error.errno}", ERR)
            raise

    async def callback(self, rpdev: RpmsgDevice, data: bytes, src: int) -> None:
        """Count an answer; say hello again or goodbye. Later messages are counted as well."""
        received = self._received[rpdev] = self._received[rpdev] + 1
        self._say(rpdev, f"incoming msg {received} (src: 0x{src:x})")
        if received >= self._count:
            self._say(rpdev, "goodbye!")
            return
        assert rpdev.ept is not None
        try:
            await rpdev.ept.send(MESSAGE)
        except LinuxError as error:
            self._say(rpdev, f"rpmsg_send failed: {-error.errno}", ERR)

    async def remove(self, rpdev: RpmsgDevice) -> None:
        """Only a line in the log."""
        del self._received[rpdev]
        self._say(rpdev, "rpmsg sample client driver is removed")

    def _say(self, rpdev: RpmsgDevice, text: str, level: int = 6) -> None:
        self._platform.printk(rpdev.log_prefix, text, level)
