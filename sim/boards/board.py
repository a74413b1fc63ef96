# SPDX-License-Identifier: Apache-2.0
"""Loads a board: finds its devicetree source, builds the Board from it and checks it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from devicetree import dtlib

from sim.boards.dts import Tree
from sim.boards.errors import BoardError
from sim.boards.links import RPBUF, build_link
from sim.boards.model import Board, Device, Domain, Hart, Region
from sim.boards.validate import validate

BOARDS_DIR = Path(__file__).parent

# Required of every board, by what software and RTL look for.
_CLINT = "sifive,clint0"
_PLIC = "sifive,plic-1.0.0"
_REQUIRED = (_CLINT, _PLIC)
_LINUX_RAM = "ampsim,linux-ram"  # where --host linux shows the RAM of its kernel

# The SoCs that there is RTL for: compatible of the root node, stem of the top in hdl_models/soc.
SOCS = {"starfive,jh7110": "jh7110", "allwinner,sun300iw1p1": "v821"}

# A domain's next-mode: its name, and the mode's external interrupt at riscv,cpu-intc.
_MODES = {1: ("supervisor", 9), 3: ("machine", 11)}
_DOMAINS = ("opensbi,domain,instance", "ampsim,system")


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
        domains = self._domains()
        self.harts = self._harts(domains.values())
        rtos_node = domains["rtos-domain"]
        return Board(
            name=name,
            title=tree.text(tree.node("/"), "model"),
            source=str(tree.path),
            soc=self._soc(),
            clock_hz=tree.number(tree.one_compatible("fixed-clock"), "clock-frequency"),
            timebase_hz=tree.number(tree.node("/cpus"), "timebase-frequency"),
            harts=tuple(self.harts.values()),
            memory=self._memory(),
            reserved=self._reserved(),
            devices=tuple(sorted(self.devices.values(), key=lambda device: device.region.base)),
            linux=self._domain(domains["linux-domain"]),
            rtos=self._domain(rtos_node),
            heap=tree.region(tree.reference(rtos_node, "ampsim,heap-region")),
            rpmsg=build_link(tree, self.devices),
            kernel=self._kernel(domains["linux-domain"]),
            linux_ram=self._linux_ram(),
        )

    def _kernel(self, node: dtlib.Node) -> tuple[str, str]:
        strings = self.tree.strings(node, "ampsim,kernel")
        if len(strings) != 2:
            where = f"{node.path}/ampsim,kernel"
            raise self.tree.error(where, "release and machine", f"{len(strings)} strings")
        return strings[0], strings[1]

    def _linux_ram(self) -> Region | None:
        nodes = self.tree.compatible(_LINUX_RAM)
        return self.tree.region(nodes[0]) if nodes else None

    def _soc(self) -> str:
        root = self.tree.node("/")
        for compatible in self.tree.strings(root, "compatible"):
            if compatible in SOCS:
                return SOCS[compatible]
        found = ", ".join(self.tree.strings(root, "compatible")) or "none"
        raise self.tree.error("/compatible", f"one of {', '.join(SOCS)}", found)

    def _device_nodes(self) -> list[dtlib.Node]:
        nodes = filter(self.tree.enabled, self.tree.node("/soc").nodes.values())
        return [node for node in nodes if RPBUF not in self.tree.strings(node, "compatible")]

    def _device(self, node: dtlib.Node) -> Device:
        return Device(
            name=node.labels[0] if node.labels else node.name,
            path=node.path,
            compatible=self.tree.strings(node, "compatible"),
            regions=self.tree.regions(node),
            irqs=self.tree.numbers(node, "interrupts"),
            properties=self.tree.properties(node),
        )

    def _harts(self, domains: Iterable[dtlib.Node]) -> dict[str, Hart]:
        """Return the harts with a core shell, the enabled ones, in the order of their ids."""
        contexts = self._plic_contexts()
        external = {
            hart.path: self._mode(domain)[1]
            for domain in domains
            for hart in self.tree.references(domain, "possible-harts")
        }
        nodes = filter(self.tree.enabled, self.tree.node("/cpus").nodes.values())
        ordered = sorted(nodes, key=lambda node: self.tree.number(node, "reg"))
        return {
            node.path: Hart(
                index=index,
                hart_id=self.tree.number(node, "reg"),
                path=node.path,
                compatible=self.tree.strings(node, "compatible"),
                clock_hz=self.tree.number(node, "clock-frequency"),
                plic_context=contexts.get((node.path, external.get(node.path, 0))),
            )
            for index, node in enumerate(ordered)
        }

    def _plic_contexts(self) -> dict[tuple[str, int], int]:
        """Return the context of each (cpu path, interrupt): its place in the PLIC's list."""
        entries = self.tree.interrupts_extended(self.tree.one_compatible(_PLIC))
        return {
            (node.parent.path, number): context for context, (node, number) in enumerate(entries)
        }

    def _mode(self, domain: dtlib.Node) -> tuple[str, int]:
        number = self.tree.number(domain, "next-mode")
        if number not in _MODES:
            where = f"{domain.path}/next-mode"
            raise self.tree.error(where, "1 (supervisor) or 3 (machine)", str(number))
        return _MODES[number]

    def _memory(self) -> tuple[Region, ...]:
        nodes = [n for n in self.tree.node("/").nodes.values() if n.name.startswith("memory@")]
        return tuple(sorted(map(self.tree.region, nodes), key=lambda region: region.base))

    def _reserved(self) -> tuple[Region, ...]:
        top = self.tree.node("/reserved-memory")
        nodes = [node for node in top.node_iter() if node is not top]
        return tuple(self.tree.region(node) for node in nodes)

    def _domains(self) -> dict[str, dtlib.Node]:
        found = [node for kind in _DOMAINS for node in self.tree.compatible(kind)]
        nodes = {node.name: node for node in found}
        if sorted(nodes) != ["linux-domain", "rtos-domain"]:
            names = ", ".join(sorted(nodes)) or "none"
            raise self.tree.error("/chosen", "the domains linux-domain, rtos-domain", names)
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
            privilege=self._mode(node)[0],
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
