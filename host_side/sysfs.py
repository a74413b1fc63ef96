# SPDX-License-Identifier: Apache-2.0
"""The virtio and rpmsg parts of /sys: devices of the buses as they are now, drivers, rpmsg class.

Attribute formats: drivers/virtio/virtio.c, drivers/rpmsg/rpmsg_core.c (bus devices) and
rpmsg_char.c (class devices). A virtio device stands below its own parent device.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from host_side.fs.node import Directory, LiveDirectory, Node, Store, Symlink, TextNode
from host_side.fs.tree import FileSystem
from host_side.rpmsg.core import RpmsgBus, RpmsgDevice
from host_side.virtio.device import VirtioBus, VirtioDevice

BUS = "/sys/bus/rpmsg"
CLASS = "/sys/class/rpmsg"
VIRTIO_BUS = "/sys/bus/virtio"

EACCES = 13


class RpmsgSysfs:
    """Shows ``bus`` in a file tree and keeps the class devices that drivers add."""

    def __init__(self, fs: FileSystem, bus: RpmsgBus) -> None:
        self._fs = fs
        self._bus = bus
        self._classes: dict[RpmsgDevice, Directory] = {}
        fs.add(f"{BUS}/devices", LiveDirectory(self._links))
        fs.add(f"{BUS}/drivers", LiveDirectory(self._drivers))
        fs.add(CLASS, Directory(create_errno=EACCES))

    def device_path(self, rpdev: RpmsgDevice) -> str:
        """Directory of a channel device below /sys/devices."""
        return f"{rpdev.bus.sysfs_path}/{rpdev.dev_name}"

    def add_class_device(
        self,
        rpdev: RpmsgDevice,
        name: str,
        attributes: Mapping[str, Callable[[], str]],
        stores: Mapping[str, Store] | None = None,
    ) -> None:
        """A device of class rpmsg appeared below a channel device.

        ``attributes`` are its files to read, ``stores`` those that can only be written.
        """
        device = Directory(create_errno=EACCES)
        device.entries.update({file: TextNode(show) for file, show in attributes.items()})
        device.entries.update({file: TextNode(None, put) for file, put in (stores or {}).items()})
        below = self._classes.setdefault(rpdev, Directory(create_errno=EACCES))
        below.entries[name] = device
        self._fs.add(f"{CLASS}/{name}", Symlink(f"{self.device_path(rpdev)}/rpmsg/{name}"))

    def remove_class_device(self, rpdev: RpmsgDevice, name: str) -> None:
        """A device of class rpmsg went away."""
        self._fs.remove(f"{CLASS}/{name}")
        del self._classes[rpdev].entries[name]
        if not self._classes[rpdev].entries:
            del self._classes[rpdev]

    def _links(self) -> Mapping[str, Node]:
        return {rpdev.dev_name: Symlink(self.device_path(rpdev)) for rpdev in self._bus.devices}

    def _drivers(self) -> Mapping[str, Node]:
        return {driver.name: LiveDirectory(dict) for driver in self._bus.drivers}

    def channels(self, parent: str) -> Mapping[str, Node]:
        """Channel devices of the virtio device whose directory is ``parent``."""
        mine = [rpdev for rpdev in self._bus.devices if rpdev.bus.sysfs_path == parent]
        return {rpdev.dev_name: self._channel(rpdev) for rpdev in mine}

    def _channel(self, rpdev: RpmsgDevice) -> Directory:
        directory = Directory(create_errno=EACCES)
        entries = directory.entries
        for name in rpdev.attributes():
            entries[name] = TextNode(partial(_attribute, rpdev, name))
        if rpdev in self._classes:
            entries["rpmsg"] = self._classes[rpdev]
        if rpdev.driver is not None:
            entries["driver"] = Symlink(f"{BUS}/drivers/{rpdev.driver.name}")
        entries["subsystem"] = Symlink(BUS)
        return directory


def _attribute(rpdev: RpmsgDevice, name: str) -> str:
    return rpdev.attributes()[name]


class VirtioSysfs:
    """Shows the devices of ``bus``; ``rpmsg`` gives the channels below each."""

    def __init__(self, fs: FileSystem, bus: VirtioBus, rpmsg: RpmsgSysfs) -> None:
        self._fs = fs
        self._bus = bus
        self._rpmsg = rpmsg
        self._parents: dict[VirtioDevice, str] = {}
        bus.views.append(self)
        fs.add(f"{VIRTIO_BUS}/devices", LiveDirectory(self._links))
        fs.add(f"{VIRTIO_BUS}/drivers", LiveDirectory(self._drivers))
        for device in bus.devices:
            self.added(device)

    def added(self, device: VirtioDevice) -> None:
        """Make the device's directory, and its parent's if that has none."""
        parent = device.sysfs_path.rpartition("/")[0]
        if not self._fs.exists(parent):
            self._parents[device] = parent
        self._fs.add(device.sysfs_path, LiveDirectory(partial(self._device, device)))

    def removed(self, device: VirtioDevice) -> None:
        """Take it away again."""
        self._fs.remove(device.sysfs_path)
        parent = self._parents.pop(device, None)
        if parent is not None and not self._fs.listdir(parent):
            self._fs.remove(parent)

    def _links(self) -> Mapping[str, Node]:
        return {device.name: Symlink(device.sysfs_path) for device in self._bus.devices}

    def _drivers(self) -> Mapping[str, Node]:
        return {driver.name: LiveDirectory(dict) for driver in self._bus.drivers}

    def _device(self, device: VirtioDevice) -> Mapping[str, Node]:
        files: dict[str, Node] = {
            name: TextNode(partial(device.attribute, name)) for name in device.ATTRIBUTES
        }
        files.update(self._rpmsg.channels(device.sysfs_path))
        if device.driver is not None:
            files["driver"] = Symlink(f"{VIRTIO_BUS}/drivers/{device.driver.name}")
        files["subsystem"] = Symlink(VIRTIO_BUS)
        return files
