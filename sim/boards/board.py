# SPDX-License-Identifier: Apache-2.0
"""Loads a board: finds its devicetree source, builds the Board from it and checks it."""

from __future__ import annotations

from pathlib import Path

from devicetree import dtlib

from sim.boards.dts import Tree
from sim.boards.errors import BoardError
from sim.boards.model import Board, Device, Domain, Hart, Region, Rpmsg
from sim.boards.validate import validate

BOARDS_DIR = Path(__file__).parent
_S_EXTERNAL = 9  # interrupt number of riscv,cpu-intc

# Required of every board, by what software and RTL look for.
_CLINT = "sifive,clint0"
_PLIC = "sifive,plic-1.0.0"
_REQUIRED = (_CLINT, _PLIC, "ampsim,hart-control", "ampsim,access-window")


def list_boards() -> list[str]:
    """Return the names of the boards that come with the bench, sorted."""
    return sorted(path.parent.name for path in BOARDS_DIR.glob("*/board.dts"))


def board_source(name: str) -> Path:
    """Return the devicetree source of a board name, or of a path that ends in .dts."""
    if name.endswith(".dts"):
        return Path(name).absolute()
    if name not in list_boards():
        expected = " or ".join([*list_boards(), "a path that ends in .dts"])
        raise BoardError(f"unknown board '{name}': expected {expected}")
    return BOARDS_DIR / name / "board.dts"


def load_board(name: str) -> Board:
    """Load the board `name` (or a .dts file); BoardError says in one line what is wrong with it."""
    source = board_source(name)
    tree = Tree(source)
    board = _Builder(tree).build(source.parent.name if source.stem == "board" else source.stem)
    validate(board)
    return board


class _Builder:
    """Builds a Board from its tree, one group of nodes a method."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.devices: dict[str, Device] = {}
        self.harts: dict[str, Hart] = {}

    def build(self, name: str) -> Board:
        tree = self.tree
        for compatible in _REQUIRED:
            tree.one_compatible(compatible)
        self.devices = {node.path: self._device(node) for node in self._device_nodes()}
        self.harts = self._harts()
        domains = self._domains()
        rtos_node = domains["rtos-domain"]
        rpmsg = self._rpmsg()
        return Board(
            name=name,
            title=tree.text(tree.node("/"), "model"),
            source=str(tree.path),
            clock_hz=tree.number(tree.one_compatible("fixed-clock"), "clock-frequency"),
            timebase_hz=tree.number(tree.node("/cpus"), "timebase-frequency"),
            harts=tuple(sorted(self.harts.values(), key=lambda hart: hart.hart_id)),
            memory=self._memory(),
            reserved=self._reserved(),
            devices=tuple(sorted(self.devices.values(), key=lambda device: device.region.base)),
            linux=self._domain(domains["linux-domain"]),
            rtos=self._domain(rtos_node),
            heap=tree.region(tree.reference(rtos_node, "ampsim,heap-region")),
            shared=self._parent_region(rpmsg.vrings),
            rpmsg=rpmsg,
        )

    def _device_nodes(self) -> list[dtlib.Node]:
        soc = self.tree.node("/soc")
        return [node for node in soc.nodes.values() if self.tree.enabled(node)]

    def _device(self, node: dtlib.Node) -> Device:
        irq = self.tree.number(node, "interrupts") if "interrupts" in node.props else None
        return Device(
            name=node.labels[0] if node.labels else node.name,
            path=node.path,
            compatible=self.tree.strings(node, "compatible"),
            region=self.tree.region(node),
            irq=irq,
            properties=self.tree.properties(node),
        )

    def _harts(self) -> dict[str, Hart]:
        contexts = self._plic_contexts()
        nodes = filter(self.tree.enabled, self.tree.node("/cpus").nodes.values())
        return {node.path: self._hart(node, contexts.get(node.path)) for node in nodes}

    def _hart(self, node: dtlib.Node, context: int | None) -> Hart:
        return Hart(
            hart_id=self.tree.number(node, "reg"),
            path=node.path,
            compatible=self.tree.strings(node, "compatible"),
            clock_hz=self.tree.number(node, "clock-frequency"),
            plic_context=context,
        )

    def _plic_contexts(self) -> dict[str, int]:
        """Return the S-mode context of each cpu path: its place in the PLIC's interrupt list."""
        entries = self.tree.interrupts_extended(self.tree.one_compatible(_PLIC))
        return {
            node.parent.path: context
            for context, (node, number) in enumerate(entries)
            if number == _S_EXTERNAL
        }

    def _memory(self) -> tuple[Region, ...]:
        nodes = [n for n in self.tree.node("/").nodes.values() if n.name.startswith("memory@")]
        return tuple(sorted(map(self.tree.region, nodes), key=lambda region: region.base))

    def _reserved(self) -> tuple[Region, ...]:
        top = self.tree.node("/reserved-memory")
        nodes = [node for node in top.node_iter() if node is not top]
        return tuple(self.tree.region(node) for node in nodes)

    def _parent_region(self, region: Region) -> Region:
        return self.tree.region(self.tree.node(region.path).parent)

    def _domains(self) -> dict[str, dtlib.Node]:
        nodes = {node.name: node for node in self.tree.compatible("opensbi,domain,instance")}
        if sorted(nodes) != ["linux-domain", "rtos-domain"]:
            where = "/chosen/opensbi-domains"
            found = ", ".join(sorted(nodes)) or "none"
            raise self.tree.error(where, "the domains linux-domain, rtos-domain", found)
        return nodes

    def _domain(self, node: dtlib.Node) -> Domain:
        harts = self.tree.references(node, "possible-harts")
        regions = self.tree.references(node, "ampsim,regions")
        console, baud = self._console(node)
        return Domain(
            name=node.name,
            path=node.path,
            hart_ids=tuple(self._hart_id(node, hart) for hart in harts),
            boot_hart=self._hart_id(node, self.tree.reference(node, "boot-hart")),
            regions=tuple(self.tree.region(region) for region in regions),
            next_region=self.tree.region(self.tree.reference(node, "ampsim,next-region")),
            console=console,
            baud=baud,
            tick_hz=self.tree.number(node, "ampsim,tick-frequency"),
        )

    def _hart_id(self, domain: dtlib.Node, node: dtlib.Node) -> int:
        if node.path not in self.harts:
            raise self.tree.error(domain.path, "harts that are enabled", node.path)
        return self.harts[node.path].hart_id

    def _console(self, node: dtlib.Node) -> tuple[Device, int]:
        """Resolve stdout-path, "alias:baud..." as the kernel writes it."""
        text = self.tree.text(node, "stdout-path")
        alias, _, options = text.partition(":")
        digits = options[: len(options) - len(options.lstrip("0123456789"))]
        path = self.tree.alias(alias)
        if path not in self.devices or not digits:
            where = f"{node.path}/stdout-path"
            raise self.tree.error(where, '"<alias of a UART>:<baud>"', f'"{text}"')
        return self.devices[path], int(digits)

    def _rpmsg(self) -> Rpmsg:
        tree, node = self.tree, self.tree.one_compatible("starfive,amp-virtio-rpmsg")
        names = tree.strings(node, "memory-region-names")
        regions = map(tree.region, tree.references(node, "memory-region"))
        by_name = dict(zip(names, regions, strict=False))
        if names != ("mailbox", "vrings", "buffers") or len(by_name) != len(names):
            where = f"{node.path}/memory-region"
            raise tree.error(where, "mailbox, vrings and buffers", ", ".join(by_name) or "none")
        return Rpmsg(
            path=node.path,
            compatible=tree.strings(node, "compatible"),
            mailbox=by_name["mailbox"],
            vrings=by_name["vrings"],
            buffers=by_name["buffers"],
            vring_num=tree.number(node, "ampsim,vring-num"),
            vring_align=tree.number(node, "ampsim,vring-align"),
            avail_aligned="ampsim,avail-aligned" in node.props,
            payload=tree.number(node, "ampsim,payload-size"),
            consumed_notify="ampsim,consumed-notify" in node.props,
            link_id=tree.number(node, "ampsim,link-id"),
            rtos_hart=tree.number(node, "rtos-hart-id"),
            properties=tree.properties(node),
        )
