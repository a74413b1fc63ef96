# SPDX-License-Identifier: Apache-2.0
"""Reads typed values out of a devicetree source, with errors that name file, node and property."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from devicetree import dtlib

from sim.boards.errors import BoardError
from sim.boards.model import PropertyValue, Region

T = TypeVar("T")

# Properties that have their own place in a Region or Device, or that only the parser needs.
_STRUCTURAL = ("compatible", "reg", "interrupts", "phandle", "status", "ranges")


class Tree:
    """A parsed devicetree source; every getter raises BoardError in one line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._dt = dtlib.DT(str(path))
        except OSError as error:
            raise BoardError.at(str(path), "a readable file", error.strerror or "none") from None
        except UnicodeDecodeError:
            raise BoardError.at(str(path), "UTF-8 text", "other bytes") from None
        except dtlib.DTError as error:
            # A parse error says "file:line (column n): ..." by itself, other errors leave it out.
            text = " ".join(str(error).split())
            raise BoardError(text if str(path) in text else f"{path}: {text}") from None
        except (IndexError, RecursionError, ValueError) as error:
            raise BoardError.at(str(path), "devicetree source", repr(error)) from None

    def error(self, node: str, expected: str, found: str) -> BoardError:
        """Return the error for a node path (and property) of this file."""
        return BoardError.at(f"{self.path}: {node}", expected, found)

    def node(self, path: str) -> dtlib.Node:
        """Return the node at `path`."""
        try:
            return self._dt.get_node(path)
        except dtlib.DTError:
            raise self.error(path, "this node", "none") from None

    def alias(self, name: str) -> str:
        """Return the path of the node that the alias `name` stands for, "" without one."""
        node = self._dt.alias2node.get(name)
        return "" if node is None else str(node.path)

    def compatible(self, name: str) -> list[dtlib.Node]:
        """Return the nodes that list `name` in their compatible property and are not disabled."""
        nodes = (node for node in self._dt.node_iter() if name in self.strings(node, "compatible"))
        return [node for node in nodes if self.enabled(node)]

    def one_compatible(self, name: str) -> dtlib.Node:
        """Return the only enabled node compatible with `name`."""
        nodes = self.compatible(name)
        if len(nodes) != 1:
            raise self.error("/", f'one node compatible with "{name}"', f"{len(nodes)}")
        return nodes[0]

    def enabled(self, node: dtlib.Node) -> bool:
        """Tell whether the node's status lets software use it."""
        return self.strings(node, "status") in ((), ("okay",), ("ok",))

    def number(self, node: dtlib.Node, name: str) -> int:
        """Return the property `name` = <n>."""
        prop = self._required(node, name)
        value: int = self._read(node, prop, prop.to_num, "one number")
        return value

    def numbers(self, node: dtlib.Node, name: str) -> tuple[int, ...]:
        """Return the numbers of the property `name`, () when it is absent."""
        prop = node.props.get(name)
        return () if prop is None else tuple(self._read(node, prop, prop.to_nums, "numbers"))

    def text(self, node: dtlib.Node, name: str) -> str:
        """Return the property `name` = "text"."""
        prop = self._required(node, name)
        value: str = self._read(node, prop, prop.to_string, "one string")
        return value

    def strings(self, node: dtlib.Node, name: str) -> tuple[str, ...]:
        """Return the strings of the property `name`, () when it is absent."""
        prop = node.props.get(name)
        return () if prop is None else tuple(self._read(node, prop, prop.to_strings, "strings"))

    def references(self, node: dtlib.Node, name: str) -> list[dtlib.Node]:
        """Return the nodes that the phandles of property `name` point to, at least one."""
        prop = self._required(node, name)
        nodes: list[dtlib.Node] = self._read(node, prop, prop.to_nodes, "phandles")
        if not nodes:
            raise self.error(f"{node.path}/{name}", "at least one phandle", "none")
        return nodes

    def reference(self, node: dtlib.Node, name: str) -> dtlib.Node:
        """Return the node that the only phandle of property `name` points to."""
        nodes = self.references(node, name)
        if len(nodes) != 1:
            raise self.error(f"{node.path}/{name}", "one phandle", str(len(nodes)))
        return nodes[0]

    def interrupts_extended(self, node: dtlib.Node) -> list[tuple[dtlib.Node, int]]:
        """Return (controller node, number) pairs, for controllers with one interrupt cell."""
        prop = self._required(node, "interrupts-extended")
        words = [
            int.from_bytes(prop.value[at : at + 4], "big") for at in range(0, len(prop.value), 4)
        ]
        pairs = list(zip(words[0::2], words[1::2], strict=False))
        if len(words) % 2 or any(handle not in self._dt.phandle2node for handle, _ in pairs):
            where = f"{node.path}/interrupts-extended"
            raise self.error(where, "<&controller number> pairs", str(prop).split("=")[-1].strip())
        return [(self._dt.phandle2node[handle], number) for handle, number in pairs]

    def with_cells(
        self, node: dtlib.Node, name: str, cells: str
    ) -> list[tuple[dtlib.Node, tuple[int, ...]]]:
        """Return (node, arguments) of each reference in property `name`.

        `cells` is the property of the referenced node that says how many arguments follow it.
        """
        prop = self._required(node, name)
        words = [
            int.from_bytes(prop.value[at : at + 4], "big") for at in range(0, len(prop.value), 4)
        ]
        found: list[tuple[dtlib.Node, tuple[int, ...]]] = []
        while words:
            target = self._dt.phandle2node.get(words[0])
            if target is None or cells not in target.props:
                what = str(words[0]) if target is None else target.path
                raise self.error(f"{node.path}/{name}", f"a node with {cells}", what)
            count = self.number(target, cells)
            if len(words) <= count:
                expected = f"{count} cells after {target.path}"
                raise self.error(f"{node.path}/{name}", expected, str(len(words) - 1))
            found.append((target, tuple(words[1 : count + 1])))
            del words[: count + 1]
        return found

    def region(self, node: dtlib.Node) -> Region:
        """Return the node's only reg entry, in the address space of the root (identity ranges)."""
        regions = self.regions(node)
        if len(regions) != 1:
            raise self.error(f"{node.path}/reg", "one address and size", str(len(regions)))
        return regions[0]

    def regions(self, node: dtlib.Node) -> tuple[Region, ...]:
        """Return the node's reg entries, in the address space of the root (identity ranges)."""
        self._require_identity_ranges(node)
        prop = self._required(node, "reg")
        cells: list[int] = self._read(node, prop, prop.to_nums, "numbers")
        address_cells = self._cells(node, "#address-cells")
        size_cells = self._cells(node, "#size-cells")
        stride = address_cells + size_cells
        if not cells or not stride or len(cells) % stride:
            expected = f"{address_cells} address and {size_cells} size cells"
            raise self.error(f"{node.path}/reg", expected, f"{len(cells)} cells")
        name = node.name.partition("@")[0]
        found = []
        for at in range(0, len(cells), stride):
            base = _joined(cells[at : at + address_cells])
            size = _joined(cells[at + address_cells : at + stride])
            found.append(Region(name, base, size, node.path))
        if node.unit_addr != f"{found[0].base:x}":
            expected = f"the unit address of its reg, {found[0].base:x}"
            raise self.error(node.path, expected, node.unit_addr or "none")
        return tuple(found)

    def properties(self, node: dtlib.Node) -> dict[str, PropertyValue]:
        """Return the node's plain properties (numbers, strings, flags), for a driver to read."""
        plain = {name: _plain(prop) for name, prop in node.props.items() if name not in _STRUCTURAL}
        return {name: value for name, value in plain.items() if value != ()}

    def _require_identity_ranges(self, node: dtlib.Node) -> None:
        parent = node.parent
        while parent is not None and parent.parent is not None:
            ranges = parent.props.get("ranges")
            if ranges is None or ranges.value:
                found = "none" if ranges is None else "a translation"
                raise self.error(f"{parent.path}/ranges", "an empty ranges property", found)
            parent = parent.parent

    def _required(self, node: dtlib.Node, name: str) -> dtlib.Property:
        if name not in node.props:
            raise self.error(f"{node.path}/{name}", "this property", "none")
        return node.props[name]

    def _cells(self, node: dtlib.Node, name: str) -> int:
        return self.number(node.parent, name)

    def _read(
        self, node: dtlib.Node, prop: dtlib.Property, getter: Callable[[], T], expected: str
    ) -> T:
        try:
            return getter()
        except dtlib.DTError:
            found = str(prop).removesuffix(";").partition("=")[2].strip() or "an empty property"
            where = f"{node.path}/{prop.name}"
            raise self.error(where, expected, " ".join(found.split())) from None


def _joined(cells: list[int]) -> int:
    """Join 32-bit cells, most significant first, into one number."""
    value = 0
    for cell in cells:
        value = value << 32 | cell
    return value


def _plain(prop: dtlib.Property) -> PropertyValue:
    """Return the property's value as plain Python; () when it is of no plain kind."""
    if prop.type is dtlib.Type.EMPTY:
        return True
    if prop.type is dtlib.Type.NUM:
        return int(prop.to_num())
    if prop.type is dtlib.Type.NUMS:
        return tuple(prop.to_nums())
    if prop.type is dtlib.Type.STRING:
        return str(prop.to_string())
    if prop.type is dtlib.Type.STRINGS:
        return tuple(prop.to_strings())
    return ()
