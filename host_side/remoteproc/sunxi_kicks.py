# SPDX-License-Identifier: Apache-2.0
"""Kicks between Linux and an Allwinner remote: words with a notify id on one mailbox channel.

The original keeps the id of a kick in one variable until a worker looks at it, so that of two kicks
in quick succession the first is lost when their ids differ. Here every id is kept, unless the
node has ``ampsim,single-vq-id``, which brings the original's behaviour back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from host_side.devicetree import DeviceNode, DeviceTreeError
from host_side.kernel.errors import LinuxError
from host_side.kernel.platform import Work
from host_side.kernel.printk import WARNING
from host_side.mailbox.framework import MailboxChannel, MailboxClient
from host_side.remoteproc.core import Rproc

if TYPE_CHECKING:
    from host_side.kernel.linux import LinuxKernel

VQS = 2
"""Ids that Linux kicks with: those of one vdev (MBOX_NB_VQ)."""


class SunxiKicks:
    """The channel ``arm-kick`` of one remote processor."""

    def __init__(self, kernel: LinuxKernel, node: DeviceNode, prefix: str) -> None:
        mboxes = node.properties.get("mboxes")
        if not isinstance(mboxes, tuple | list) or len(mboxes) != 2:
            raise DeviceTreeError(f"{node.path}: expected a mailbox and a channel in mboxes")
        self._label, self._index = str(mboxes[0]), int(mboxes[1])
        self._single = node.flag("ampsim,single-vq-id")
        self._kernel = kernel
        self._client = MailboxClient(prefix, self._received)
        self._work = Work(self._interrupt, "sunxi_rproc_vq")
        self._ids: list[int] = []
        self._rproc: Rproc | None = None
        self._channel: MailboxChannel | None = None

    @property
    def channel(self) -> MailboxChannel:
        """The channel, once it was requested."""
        assert self._channel is not None
        return self._channel

    async def request(self, rproc: Rproc) -> None:
        """Get the channel. LinuxError with the driver's warning."""
        self._rproc = rproc
        try:
            self._channel = await self._kernel.mailboxes.request_channel(
                self._client, self._label, self._index
            )
        except LinuxError as error:
            rproc.warning(f"cannot get arm-kick mbox, ret = {-error.errno}")
            raise

    async def free(self) -> None:
        """Give the channel back."""
        if self._channel is not None:
            await self._channel.free()
            await self._kernel.cancel_work(self._work)

    async def kick(self, rproc: Rproc, notifyid: int) -> None:
        """sunxi_rproc_kick(): what cannot be sent is logged and lost."""
        if notifyid >= VQS:
            text = f"WARNING: CPU: 0 PID: 0 at sunxi_rproc_kick, vqid {notifyid}"
            self._kernel.printk("", text, WARNING)
            return
        try:
            await self.channel.send_message(notifyid)
        except LinuxError as error:
            rproc.error(f"sunxi_rproc_kick kick err:{-error.errno}")

    async def _received(self, message: int) -> None:
        """A word from the remote, in interrupt context: leave it to a worker."""
        if self._single:
            self._ids = [message]
        elif message not in self._ids:
            self._ids.append(message)
        self._kernel.schedule_work(self._work)
        await self._kernel.spend("work_wake")

    async def _interrupt(self) -> None:
        rproc = self._rproc
        assert rproc is not None
        while self._ids:
            await rproc.vq_interrupt(self._ids.pop(0))
