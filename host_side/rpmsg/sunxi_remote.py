# SPDX-License-Identifier: Apache-2.0
"""The remote processor behind a channel: the fourth parent of an rpmsg device on Linux.

rproc device > remoteproc > rproc vdev > virtio > rpmsg: Allwinner's drivers walk up to name their
control device (rpmsg_master.c) and to link RPBuf's service with its controller.
"""

from __future__ import annotations

import errno
from typing import Protocol, runtime_checkable

from host_side.kernel.errors import LinuxError
from host_side.rpmsg.core import RpmsgDevice
from host_side.rpmsg.virtio_rpmsg_bus import VirtioRpmsgBus


@runtime_checkable
class RemoteNode(Protocol):
    """A remote processor by its devicetree node."""

    @property
    def node_name(self) -> str:
        """Full name of the node, such as ``e907_rproc@43030000``."""


@runtime_checkable
class RemoteTransport(Protocol):
    """A virtio transport that belongs to a remote processor."""

    rproc: RemoteNode


def remote_of(rpdev: RpmsgDevice) -> RemoteNode:
    """The remote processor of a channel; LinuxError ENOENT when its bus has none."""
    bus = rpdev.bus
    if isinstance(bus, VirtioRpmsgBus) and isinstance(bus.vdev.transport, RemoteTransport):
        return bus.vdev.transport.rproc
    raise LinuxError(errno.ENOENT)
