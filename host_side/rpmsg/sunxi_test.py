# SPDX-License-Identifier: Apache-2.0
"""Linux's end of the channel ``sunxi,rpmsg_test``: every message becomes a line in the log.

The BSP has only the remote's end (rpmsg_demo/rpmsg_test.c), which prints what it receives; this is
the same on Linux, so that the remote finds somebody there and learns the address.
"""

from __future__ import annotations

from host_side.kernel.platform import Platform
from host_side.kernel.printk import INFO
from host_side.rpmsg.core import RpmsgDevice, RpmsgDriver


class SunxiTest(RpmsgDriver):
    """Logs what the remote sends; never answers."""

    name = "rpmsg_test"
    id_table = ("sunxi,rpmsg_test",)

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def probe(self, rpdev: RpmsgDevice) -> None:
        """Announce the channel back."""
        rpdev.announce = True

    async def callback(self, rpdev: RpmsgDevice, data: bytes, src: int) -> None:
        """Log the text up to its NUL."""
        text = data.split(b"\0", 1)[0].decode("latin-1")
        self._platform.printk(rpdev.log_prefix, f"{rpdev.name} recv {text}", INFO)
