# SPDX-License-Identifier: Apache-2.0
"""The devicetree as the kernel sees it: plain nodes that the bench hands in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple


class DeviceTreeError(Exception):
    """A node or property that a driver cannot do without is missing or malformed."""


class DeviceNode(NamedTuple):
    """One node. ``properties`` holds ints, strings, tuples of them, or True for empty ones."""

    path: str
    compatible: tuple[str, ...] = ()
    properties: Mapping[str, Any] = {}
    reg: tuple[tuple[int, int], ...] = ()
    """(address, size) pairs, as CPU addresses."""
    interrupts: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """Last part of the path, without the unit address."""
        return self.path.rsplit("/", 1)[-1].split("@")[0]

    @property
    def device_name(self) -> str:
        """The platform device's name (of_device_make_bus_id)."""
        if self.reg:
            return f"{self.reg[0][0]:x}.{self.name}"
        return ":".join(self.path.strip("/").split("/"))

    def integer(self, name: str) -> int:
        """A one-cell property; DeviceTreeError when it is missing or something else."""
        value = self.properties.get(name)
        if isinstance(value, tuple) and len(value) == 1:
            value = value[0]
        if isinstance(value, bool) or not isinstance(value, int):
            raise DeviceTreeError(f"{self.path}: expected one integer in {name}, found {value!r}")
        return value

    def flag(self, name: str) -> bool:
        """A boolean property: its presence is its value."""
        return name in self.properties and self.properties[name] is not False


class DeviceTree:
    """All nodes, in the order of the source."""

    def __init__(self, nodes: Iterable[DeviceNode]) -> None:
        self.nodes = tuple(nodes)
        self._paths = {node.path: node for node in self.nodes}
        self._phandles = {
            node.integer("phandle"): node for node in self.nodes if "phandle" in node.properties
        }

    def compatible(self, *names: str) -> list[DeviceNode]:
        """Nodes that are compatible with any of ``names``."""
        return [node for node in self.nodes if any(name in node.compatible for name in names)]

    def one(self, *names: str) -> DeviceNode:
        """The only node compatible with ``names``; DeviceTreeError when there is none or more."""
        found = self.compatible(*names)
        if len(found) != 1:
            raise DeviceTreeError(
                f"expected one node compatible with {' or '.join(names)}, found {len(found)}"
            )
        return found[0]

    def path(self, path: str) -> DeviceNode:
        """The node at ``path``; DeviceTreeError when there is none."""
        if path not in self._paths:
            raise DeviceTreeError(f"expected a node {path}, found none")
        return self._paths[path]

    def references(self, node: DeviceNode, name: str) -> list[DeviceNode]:
        """The nodes that a property names by phandle (or by path)."""
        value = node.properties.get(name, ())
        found = []
        for item in value if isinstance(value, tuple | list) else (value,):
            target = self._paths.get(item) if isinstance(item, str) else self._phandles.get(item)
            if target is None:
                raise DeviceTreeError(f"{node.path}: {name} names {item!r}, which is no node")
            found.append(target)
        return found
