# SPDX-License-Identifier: Apache-2.0
"""Builds a board's RPMsg link from its nodes: a software mailbox, or a remote processor."""

from __future__ import annotations

from collections.abc import Mapping

from devicetree import dtlib

from sim.boards.dts import Tree
from sim.boards.model import (
    Device,
    Link,
    MailboxLink,
    Msgbox,
    Region,
    RegisterBit,
    RemoteprocLink,
    Rpbuf,
    Vrings,
)

MAILBOX_LINK = "starfive,amp-virtio-rpmsg"
REMOTEPROC = "allwinner,e907-rproc"
MSGBOX = "allwinner,sunxi-msgbox"
RPBUF = "allwinner,rpbuf-controller"
_MAILBOX_REGIONS = ("mailbox", "vrings", "buffers")
CARVEOUTS = ("rv_ddr_reserved", "vdev0buffer", "vdev0vring0", "vdev0vring1")


def build_link(tree: Tree, devices: Mapping[str, Device]) -> Link:
    """Return the link of the board; `devices` are the built ones by their path."""
    remotes = tree.compatible(REMOTEPROC)
    return _RemoteprocBuilder(tree, devices).build() if remotes else _mailbox_link(tree)


def _rings(tree: Tree, node: dtlib.Node) -> Vrings:
    return Vrings(
        num=tree.number(node, "ampsim,vring-num"),
        align=tree.number(node, "ampsim,vring-align"),
        avail_aligned="ampsim,avail-aligned" in node.props,
        payload=tree.number(node, "ampsim,payload-size"),
        consumed_notify="ampsim,consumed-notify" in node.props,
    )


def _mailbox_link(tree: Tree) -> MailboxLink:
    node = tree.one_compatible(MAILBOX_LINK)
    names = tree.strings(node, "memory-region-names")
    regions = map(tree.region, tree.references(node, "memory-region"))
    by_name = dict(zip(names, regions, strict=False))
    if names != _MAILBOX_REGIONS or len(by_name) != len(names):
        where = f"{node.path}/memory-region"
        raise tree.error(where, "mailbox, vrings and buffers", ", ".join(by_name) or "none")
    return MailboxLink(
        path=node.path,
        compatible=tree.strings(node, "compatible"),
        shared=tree.region(tree.node(by_name["vrings"].path).parent),
        mailbox=by_name["mailbox"],
        vrings=by_name["vrings"],
        buffers=by_name["buffers"],
        rings=_rings(tree, node),
        link_id=tree.number(node, "ampsim,link-id"),
        rtos_hart=tree.number(node, "rtos-hart-id"),
        properties=tree.properties(node),
    )


class _RemoteprocBuilder:
    """Builds the link of a remote processor, one group of its properties a method."""

    def __init__(self, tree: Tree, devices: Mapping[str, Device]) -> None:
        self.tree = tree
        self.devices = devices
        self.node = tree.one_compatible(REMOTEPROC)

    def build(self) -> RemoteprocLink:
        tree, node = self.tree, self.node
        msgbox, channel = self._msgbox()
        return RemoteprocLink(
            device=self.devices[node.path],
            msgbox=msgbox,
            channel=channel,
            carveouts=self._carveouts(),
            firmware_region=tree.region(tree.reference(node, "fw-region")),
            stop_record=tree.number(node, "stop-record-reg"),
            resets=self._bits("resets", "#reset-cells", "reset-names"),
            clocks=self._bits("clocks", "#clock-cells", "clock-names"),
            keys=self._keys(),
            rings=_rings(tree, node),
            link_id=tree.number(node, "ampsim,link-id"),
            heartbeat_ticks=tree.number(node, "ampsim,heartbeat-ticks"),
            rpbuf=self._rpbuf(),
        )

    def _msgbox(self) -> tuple[Msgbox, int]:
        """Return the message box that `mboxes` points to, and the channel."""
        tree, where = self.tree, f"{self.node.path}/mboxes"
        references = tree.with_cells(self.node, "mboxes", "#mbox-cells")
        if len(references) != 1 or len(references[0][1]) != 1:
            raise tree.error(where, "<&msgbox channel>", f"{len(references)} references")
        target, (channel,) = references[0]
        device = self.devices.get(target.path)
        if device is None or MSGBOX not in device.compatible:
            raise tree.error(where, f'a node compatible with "{MSGBOX}"', target.path)
        return self._ends(target, device), channel

    def _ends(self, node: dtlib.Node, device: Device) -> Msgbox:
        own = self.tree.number(node, "local_id")
        if len(device.regions) != 2 or own not in (0, 1):
            expected = "a register block for each end and local_id 0 or 1"
            found = f"{len(device.regions)} and {own}"
            raise self.tree.error(node.path, expected, found)
        if len(device.irqs) != 2:
            where = f"{node.path}/interrupts"
            raise self.tree.error(where, "one source for each end", str(len(device.irqs)))
        return Msgbox(
            device=device,
            linux=device.regions[own],
            rtos=device.regions[1 - own],
            linux_irq=device.irqs[own],
            rtos_irq=device.irqs[1 - own],
            slot=self.tree.number(node, "ampsim,slot"),
        )

    def _carveouts(self) -> dict[str, Region]:
        """Return the reserved regions by the name of their node, as remoteproc names carveouts."""
        nodes = self.tree.references(self.node, "memory-region")
        regions = {region.name: region for region in map(self.tree.region, nodes)}
        missing = [name for name in CARVEOUTS if name not in regions]
        if missing:
            where = f"{self.node.path}/memory-region"
            raise self.tree.error(where, f"the regions {', '.join(CARVEOUTS)}", ", ".join(regions))
        return regions

    def _bits(self, name: str, cells: str, names_property: str) -> dict[str, RegisterBit]:
        """Resolve lines of the clock unit, whose cells are a register's offset and a bit."""
        tree, node = self.tree, self.node
        names = tree.strings(node, names_property)
        references = tree.with_cells(node, name, cells)
        if len(names) != len(references):
            where = f"{node.path}/{names_property}"
            raise tree.error(where, f"{len(references)} names", str(len(names)))
        found = {}
        for line, (target, cells_of_line) in zip(names, references, strict=True):
            unit = self.devices.get(target.path)
            if unit is None or len(cells_of_line) != 2 or cells_of_line[1] > 31:
                expected = "<&ccu offset bit> with a bit of 0 to 31"
                shown = " ".join(f"0x{cell:x}" for cell in cells_of_line)
                raise tree.error(f"{node.path}/{name}", expected, f"{target.path} {shown}")
            offset, bit = cells_of_line
            if offset % 4 or offset + 4 > unit.region.size:
                expected = f"a register inside {unit.region} of {unit.path}"
                raise tree.error(f"{node.path}/{name}", expected, f"offset 0x{offset:x}")
            found[_short(line)] = RegisterBit(unit.region.base + offset, bit)
        return found

    def _keys(self) -> dict[int, int]:
        """Return the keys of registers that only change when they are written with one."""
        tree = self.tree
        units = {target.path: target for target, _ in self._references("resets", "#reset-cells")}
        keys: dict[int, int] = {}
        for unit in units.values():
            base = self.devices[unit.path].region.base
            words = tree.numbers(unit, "ampsim,keys")
            if len(words) % 2:
                raise tree.error(f"{unit.path}/ampsim,keys", "<offset key> pairs", str(len(words)))
            keys |= {base + at: key for at, key in zip(words[::2], words[1::2], strict=True)}
        return keys

    def _references(self, name: str, cells: str) -> list[tuple[dtlib.Node, tuple[int, ...]]]:
        return self.tree.with_cells(self.node, name, cells)

    def _rpbuf(self) -> Rpbuf | None:
        nodes = self.tree.compatible(RPBUF)
        if not nodes:
            return None
        node = self.tree.one_compatible(RPBUF)
        remote = self.tree.reference(node, "remoteproc")
        if remote is not self.node:
            raise self.tree.error(f"{node.path}/remoteproc", self.node.path, remote.path)
        return Rpbuf(
            path=node.path,
            name=node.labels[0] if node.labels else node.name,
            compatible=self.tree.strings(node, "compatible"),
            region=self.tree.region(self.tree.reference(node, "memory-region")),
            properties=self.tree.properties(node),
        )


def _short(name: str) -> str:
    """Return a line's name without what the vendor puts around it: rv-cfg-rst is cfg."""
    return name.removeprefix("rv-").removesuffix("-rst").removesuffix("-gate")
