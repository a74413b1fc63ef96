# SPDX-License-Identifier: Apache-2.0
"""The rpmsg part of /sys: channel devices of the bus as it is now, drivers, and the rpmsg class.

Attribute formats: drivers/rpmsg/rpmsg_core.c (bus devices) and rpmsg_char.c (class devices).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from host_side.fs.node import Directory, LiveDirectory, Node, Store, Symlink, TextNode
from host_side.fs.tree import FileSystem
from host_side.rpmsg.core import RpmsgBus, RpmsgDevice

BUS = "/sys/bus/rpmsg"
CLASS = "/sys/class/rpmsg"
PARENT = "/sys/devices/platform/soc/soc:rpmsg"
"""Where the platform device of the vendor driver stands."""

EACCES = 13


class RpmsgSysfs:
    """Shows ``bus`` in a file tree and keeps the class devices that drivers add."""

    def __init__(self, fs: FileSystem, bus: RpmsgBus) -> None:
        self._fs = fs
        self._bus = bus
        self._classes: dict[RpmsgDevice, Directory] = {}
        fs.add(PARENT, LiveDirectory(self._virtio_devices))
        fs.add(f"{BUS}/devices", LiveDirectory(self._links))
        fs.add(f"{BUS}/drivers", LiveDirectory(self._drivers))
        fs.add(CLASS, Directory(create_errno=EACCES))

    def device_path(self, rpdev: RpmsgDevice) -> str:
        """Directory of a channel device below /sys/devices."""
        return f"{PARENT}/{_parent(rpdev)}/{rpdev.dev_name}"

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

    def _virtio_devices(self) -> Mapping[str, Node]:
        names = {_parent(rpdev) for rpdev in self._bus.devices}
        return {name: LiveDirectory(partial(self._channels, name)) for name in names}

    def _channels(self, parent: str) -> Mapping[str, Node]:
        mine = [rpdev for rpdev in self._bus.devices if _parent(rpdev) == parent]
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


def _parent(rpdev: RpmsgDevice) -> str:
    return rpdev.dev_name.split(".", 1)[0]
