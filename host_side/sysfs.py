# SPDX-License-Identifier: Apache-2.0
"""The rpmsg part of /sys: channel devices of the bus, and the rpmsg class.

Attribute formats: drivers/rpmsg/rpmsg_core.c (bus devices) and rpmsg_char.c (class devices).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from host_side.fs.node import Directory, Symlink, TextNode
from host_side.fs.tree import FileSystem

BUS_DEVICES = "/sys/bus/rpmsg/devices"
BUS_DRIVERS = "/sys/bus/rpmsg/drivers"
CLASS = "/sys/class/rpmsg"
PARENT = "/sys/devices/platform/soc/soc:rpmsg"
"""Where the platform device of the vendor driver stands, as a platform bus names it."""


class Channel(Protocol):
    """What sysfs shows of an rpmsg device."""

    name: str
    src: int
    dst: int
    announce: bool

    @property
    def dev_name(self) -> str:
        """``virtio0.<name>.<src>.<dst>``, frozen at registration."""


class RpmsgSysfs:
    """Adds and removes the nodes of channel devices, drivers and class devices."""

    def __init__(self, fs: FileSystem) -> None:
        self._fs = fs
        for path in (BUS_DEVICES, BUS_DRIVERS, CLASS):
            fs.add(path, Directory(create_errno=13))

    def device_path(self, channel: Channel) -> str:
        """Directory of a channel device below /sys/devices."""
        return f"{PARENT}/{channel.dev_name.split('.')[0]}/{channel.dev_name}"

    def add_channel(self, channel: Channel) -> None:
        """A channel device was registered with the bus."""
        path = self.device_path(channel)
        self._attributes(path, channel_attributes(channel))
        self._fs.add(f"{BUS_DEVICES}/{channel.dev_name}", Symlink(path))

    def remove_channel(self, channel: Channel) -> None:
        """A channel device was unregistered."""
        self._fs.remove(f"{BUS_DEVICES}/{channel.dev_name}")
        self._fs.remove(self.device_path(channel))

    def add_driver(self, name: str) -> None:
        """A driver was registered with the bus."""
        self._fs.add(f"{BUS_DRIVERS}/{name}", Directory(create_errno=13))

    def remove_driver(self, name: str) -> None:
        """A driver was unregistered."""
        self._fs.remove(f"{BUS_DRIVERS}/{name}")

    def add_class_device(
        self, channel: Channel, name: str, attributes: Mapping[str, Callable[[], str]]
    ) -> None:
        """A device of class rpmsg appeared below ``channel``'s device."""
        path = f"{self.device_path(channel)}/rpmsg/{name}"
        self._fs.add(path, Directory(create_errno=13))
        self._attributes(path, attributes)
        self._fs.add(f"{CLASS}/{name}", Symlink(path))

    def remove_class_device(self, channel: Channel, name: str) -> None:
        """A device of class rpmsg went away."""
        self._fs.remove(f"{CLASS}/{name}")
        self._fs.remove(f"{self.device_path(channel)}/rpmsg/{name}")

    def _attributes(self, path: str, attributes: Mapping[str, Callable[[], str]]) -> None:
        for name, show in attributes.items():
            self._fs.add(f"{path}/{name}", TextNode(show))


def channel_attributes(channel: Channel) -> dict[str, Callable[[], str]]:
    """Attribute files of a channel device and what they show (numbers in hexadecimal)."""
    return {
        "name": lambda: f"{channel.name}\n",
        "src": lambda: f"0x{channel.src:x}\n",
        "dst": lambda: f"0x{channel.dst:x}\n",
        "announce": lambda: "true\n" if channel.announce else "false\n",
        "modalias": lambda: f"rpmsg:{channel.name}\n",
    }
