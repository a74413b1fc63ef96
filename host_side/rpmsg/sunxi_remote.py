# SPDX-License-Identifier: Apache-2.0
"""The remote processor behind a channel: the fourth parent of an rpmsg device on Linux.

rproc device > remoteproc > rproc vdev > virtio > rpmsg: Allwinner's drivers walk up to name their
control device (rpmsg_master.c) and to link RPBuf's service with its controller.
"""

from __future__ import annotations

import errno
from typing import Protocol, runtime_checkable

from host_side.devicetree import DeviceTree
from host_side.kernel.errors import LinuxError
from host_side.rpmsg.core import RpmsgDevice
from host_side.rpmsg.virtio_rpmsg_bus import VirtioRpmsgBus


class NamedRemote(Protocol):
    """A remote processor by its name, which is its devicetree node's without the address."""

    @property
    def name(self) -> str:
        """Such as ``e907_rproc``."""


@runtime_checkable
class RemoteTransport(Protocol):
    """A virtio transport that belongs to a remote processor."""

    @property
    def rproc(self) -> NamedRemote:
        """Whose virtio device it is."""


def remote_name(rpdev: RpmsgDevice) -> str:
    """Name of a channel's remote processor; LinuxError ENOENT when its bus has none."""
    bus = rpdev.bus
    if isinstance(bus, VirtioRpmsgBus) and isinstance(bus.vdev.transport, RemoteTransport):
        return bus.vdev.transport.rproc.name
    raise LinuxError(errno.ENOENT)


def node_name(tree: DeviceTree, name: str) -> str:
    """Full name of the node called ``name``, such as ``e907_rproc@43030000``."""
    paths = (node.path for node in tree.nodes if node.name == name)
    return next((path.rsplit("/", 1)[-1] for path in paths), name)
