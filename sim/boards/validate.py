# SPDX-License-Identifier: Apache-2.0
"""Checks that a board fits together: regions, alignment, harts, rings. Stops at the first fault."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

from sim.boards.errors import BoardError
from sim.boards.link_rules import check_link
from sim.boards.model import Board, Device, Domain, MailboxLink, Region

PAGE = 0x1000
BLOCK = 0x400  # the smallest window that a register block has
ADDRESS_SPACE = 1 << 32  # the bench's AXI addresses have 32 bits
NS_PER_S = 1_000_000_000

# What the RTL top of each SoC has: ids of the harts with a core shell, and memories.
HART_IDS = {"jh7110": (1, 2, 3, 4), "v821": (0, 1)}
MEMORIES = {"jh7110": ("Linux", "AMP"), "v821": ("DRAM",)}
_COUNTS = {1: "one memory window", 2: "two memory windows"}


def validate(board: Board) -> None:
    """Raise BoardError at the first rule the board breaks."""
    for rule in _RULES:
        rule(board)


def _fail(board: Board, where: str, expected: str, found: str) -> BoardError:
    return BoardError.at(f"{board.source}: {where}", expected, found)


def _children(regions: Iterable[Region], parent: Region | None) -> list[Region]:
    """Return the reserved regions directly below `parent` (None: below /reserved-memory)."""
    prefix = "/reserved-memory" if parent is None else parent.path
    return [region for region in regions if region.path.rpartition("/")[0] == prefix]


def _apart(board: Board, regions: Iterable[Region], what: str) -> None:
    ordered = sorted(regions, key=lambda region: (region.base, region.path))
    for low, high in pairwise(ordered):
        if low.overlaps(high):
            found = f"{high} over {low} of {low.path}"
            raise _fail(board, high.path, f"{what} that do not overlap", found)


def _regions_are_pages(board: Board) -> None:
    for unit, what, regions in (
        (PAGE, "pages", [*board.memory, *board.reserved, *_linux_ram(board)]),
        (BLOCK, "blocks", _blocks(board)),
    ):
        for region in regions:
            if region.size == 0 or region.size % unit or region.base % unit:
                found = f"base 0x{region.base:x} size 0x{region.size:x}"
                raise _fail(board, region.path, f"base and size in {what} of 0x{unit:x}", found)
            if region.end > ADDRESS_SPACE:
                raise _fail(board, region.path, "an end within 32 address bits", str(region))


def _blocks(board: Board) -> list[Region]:
    return [region for device in board.devices for region in device.regions]


def _linux_ram(board: Board) -> list[Region]:
    return [] if board.linux_ram is None else [board.linux_ram]


def _windows_are_apart(board: Board) -> None:
    memories = MEMORIES[board.soc]
    if len(board.memory) != len(memories):
        expected = f"{_COUNTS[len(memories)]} ({', '.join(memories)})"
        raise _fail(board, "/", expected, f"{len(board.memory)} memory nodes")
    windows = [*board.memory, *_linux_ram(board), *_blocks(board)]
    _apart(board, windows, "memory windows and devices")


def _reserved_regions_nest(board: Board) -> None:
    _apart(board, _children(board.reserved, None), "reserved regions")
    for region in _children(board.reserved, None):
        if not any(window.contains(region.base, region.size) for window in board.memory):
            raise _fail(board, region.path, "a region inside a memory window", str(region))
    for parent in board.reserved:
        children = _children(board.reserved, parent)
        _apart(board, children, "reserved regions")
        for child in children:
            if not parent.contains(child.base, child.size):
                expected = f"a region inside {parent} of {parent.path}"
                raise _fail(board, child.path, expected, str(child))


def _clocks_divide(board: Board) -> None:
    if board.clock_hz == 0 or NS_PER_S % board.clock_hz:
        raise _fail(board, "bench clock", "a period of whole ns", f"{board.clock_hz} Hz")
    if board.timebase_hz == 0 or board.clock_hz % board.timebase_hz:
        expected = f"a divisor of the bench clock, {board.clock_hz} Hz"
        raise _fail(board, "/cpus/timebase-frequency", expected, f"{board.timebase_hz}")
    for domain in (board.linux, board.rtos):
        if domain.tick_hz == 0 or board.timebase_hz % domain.tick_hz:
            expected = f"a divisor of the timebase, {board.timebase_hz} Hz"
            where = f"{domain.path}/ampsim,tick-frequency"
            raise _fail(board, where, expected, f"{domain.tick_hz}")


def _harts_belong_to_one_domain(board: Board) -> None:
    ids = HART_IDS[board.soc]
    for hart in board.harts:
        if hart.hart_id not in ids:
            expected = f"a hart id of {ids[0]} to {ids[-1]}"
            raise _fail(board, f"{hart.path}/reg", expected, str(hart.hart_id))
    owned = sorted(board.linux.hart_ids + board.rtos.hart_ids)
    enabled = [hart.hart_id for hart in board.harts]
    if owned != enabled:
        expected = f"every enabled hart {enabled} in one domain"
        raise _fail(board, board.linux.path.rpartition("/")[0], expected, str(owned))
    for domain in (board.linux, board.rtos):
        if domain.boot_hart not in domain.hart_ids:
            expected = f"one of the domain's harts {list(domain.hart_ids)}"
            raise _fail(board, f"{domain.path}/boot-hart", expected, str(domain.boot_hart))
        for hart in map(board.hart, domain.hart_ids):
            if hart.plic_context is None:
                expected = f"a {domain.privilege} context in the PLIC's list"
                raise _fail(board, hart.path, expected, "none")


def _domains_reach_their_memory(board: Board) -> None:
    _reaches(board, board.linux, board.linux.next_region)
    for region in (board.rtos.next_region, board.heap):
        _reaches(board, board.rtos, region)
    shared = board.rpmsg.shared_regions
    if isinstance(board.rpmsg, MailboxLink):  # what a remote reaches else is no domain's matter
        for domain in (board.linux, board.rtos):
            for region in shared:
                _reaches(board, domain, region)
    shared_too = set(board.rtos.regions).intersection(board.linux.regions).difference(shared)
    for region in sorted(shared_too, key=lambda region: region.base):
        where = f"{board.linux.path}/ampsim,regions"
        raise _fail(board, where, "only the shared region in both domains", region.path)


def _reaches(board: Board, domain: Domain, region: Region) -> None:
    if not any(own.contains(region.base, region.size) for own in domain.regions):
        where = f"{domain.path}/ampsim,regions"
        raise _fail(board, where, f"a region with {region.path} in it", "none")


def _interrupts_are_distinct(board: Board) -> None:
    sources = board.compatible("sifive,plic-1.0.0").properties.get("riscv,ndev")
    limit = sources if isinstance(sources, int) else 0
    seen: dict[int, Device] = {}
    sources_of = [(device, irq) for device in board.devices for irq in device.irqs]
    for device, irq in sources_of:
        where = f"{device.path}/interrupts"
        if not 1 <= irq <= limit:
            raise _fail(board, where, f"a PLIC source of 1 to {limit}", str(irq))
        if irq in seen:
            raise _fail(board, where, f"a source that {seen[irq].path} does not use", str(irq))
        seen[irq] = device


_RULES: tuple[Callable[[Board], None], ...] = (
    _regions_are_pages,
    _windows_are_apart,
    _reserved_regions_nest,
    _clocks_divide,
    _harts_belong_to_one_domain,
    _domains_reach_their_memory,
    _interrupts_are_distinct,
    check_link,
)
