# SPDX-License-Identifier: Apache-2.0
"""The devicetree as the kernel sees it: plain nodes that the bench hands in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple


class DeviceTreeError(Exception):
    """A node or property that a driver cannot do without is missing or malformed."""


class DeviceNode(NamedTuple):
    """One node. References are resolved: ``memory-region`` maps names to (address, size)."""

    path: str
    compatible: tuple[str, ...] = ()
    properties: Mapping[str, Any] = {}
    """Integers, strings, lists of them, True for empty properties."""
    reg: tuple[tuple[int, int], ...] = ()
    """(address, size) pairs, as CPU addresses."""
    interrupts: tuple[int, ...] = ()
    """PLIC sources."""
    label: str = ""
    """What other nodes call it: ``mboxes = <&label channel>`` comes as ``(label, channel)``."""

    @classmethod
    def from_mapping(cls, node: Mapping[str, Any]) -> DeviceNode:
        """A node out of plain data with the keys of the fields; others are ignored."""
        return cls(
            node["path"],
            tuple(node.get("compatible", ())),
            node.get("properties", {}),
            tuple((base, size) for base, size in node.get("reg", ())),
            tuple(node.get("interrupts", ())),
            node.get("label", ""),
        )

    @property
    def name(self) -> str:
        """Last part of the path, without the unit address."""
        return self.path.rsplit("/", 1)[-1].split("@")[0]

    @property
    def device_name(self) -> str:
        """The platform device's name (of_device_make_bus_id)."""
        if self.reg:
            return f"{self.reg[0][0]:x}.{self.name}"
        return self.path.strip("/").replace("/", ":")

    def integer(self, name: str) -> int:
        """A one-cell property; DeviceTreeError when it is missing or something else."""
        value = self.properties.get(name)
        if isinstance(value, tuple | list) and len(value) == 1:
            value = value[0]
        if isinstance(value, bool) or not isinstance(value, int):
            raise DeviceTreeError(f"{self.path}: expected one integer in {name}, found {value!r}")
        return value

    def flag(self, name: str) -> bool:
        """A boolean property: its presence is its value."""
        return name in self.properties and self.properties[name] is not False

    def region(self, name: str) -> tuple[int, int]:
        """(address, size) of a reserved memory region; DeviceTreeError when there is none."""
        base, size = self._named("memory-region", name, f"a memory-region named {name}")
        return int(base), int(size)

    def line(self, kind: str, name: str) -> tuple[int, int]:
        """(address, bit) of a line out of ``resets`` or ``clocks``; DeviceTreeError without it."""
        address, bit = self._named(kind, name, f"{name} in {kind}")
        return int(address), int(bit)

    def context(self, hart_id: int) -> int:
        """The PLIC's context of a hart; DeviceTreeError when the hart has none."""
        return int(self._named("ampsim,contexts", hart_id, f"a context of hart {hart_id}"))

    def _named(self, property_name: str, key: object, expected: str) -> Any:
        values = self.properties.get(property_name, {})
        if not isinstance(values, Mapping) or key not in values:
            raise DeviceTreeError(f"{self.path}: expected {expected}, found none")
        return values[key]


class DeviceTree:
    """All nodes, in the order of the source."""

    def __init__(self, nodes: Iterable[DeviceNode]) -> None:
        self.nodes = tuple(nodes)

    def compatible(self, *names: str) -> list[DeviceNode]:
        """Nodes that are compatible with any of ``names``."""
        return [node for node in self.nodes if any(name in node.compatible for name in names)]

    def has_vendor(self, prefix: str) -> bool:
        """Whether any node is compatible with something of the vendor ``prefix``."""
        names = (name for node in self.nodes for name in node.compatible)
        return any(name.startswith(f"{prefix},") for name in names)

    def one(self, *names: str) -> DeviceNode:
        """The only node compatible with ``names``; DeviceTreeError when there is none or more."""
        found = self.compatible(*names)
        if len(found) != 1:
            raise DeviceTreeError(
                f"expected one node compatible with {' or '.join(names)}, found {len(found)}"
            )
        return found[0]
