# SPDX-License-Identifier: Apache-2.0
"""Checks that a board fits together: regions, alignment, harts, rings. Stops at the first fault."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

from sim.boards.errors import BoardError
from sim.boards.model import Board, Device, Domain, Region

PAGE = 0x1000
ADDRESS_SPACE = 1 << 32  # the bench's AXI addresses have 32 bits
NS_PER_S = 1_000_000_000
HART_IDS = range(1, 5)  # hart ids with a master port on the interconnect
VRING_COUNT = 2
RPMSG_HEADER = 16  # bytes of struct rpmsg_hdr before the payload


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
    devices = [device.region for device in board.devices]
    for region in [*board.memory, *board.reserved, *devices]:
        if region.size == 0 or region.size % PAGE or region.base % PAGE:
            found = f"base 0x{region.base:x} size 0x{region.size:x}"
            raise _fail(board, region.path, f"base and size in pages of 0x{PAGE:x}", found)
        if region.end > ADDRESS_SPACE:
            raise _fail(board, region.path, "an end within 32 address bits", str(region))


def _windows_are_apart(board: Board) -> None:
    if len(board.memory) != 2:
        found = f"{len(board.memory)} memory nodes"
        raise _fail(board, "/", "two memory windows (Linux, AMP)", found)
    devices = [device.region for device in board.devices]
    _apart(board, [*board.memory, *devices], "memory windows and devices")


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
    for hart in board.harts:
        if hart.hart_id not in HART_IDS:
            expected = f"a hart id of {HART_IDS[0]} to {HART_IDS[-1]}"
            raise _fail(board, f"{hart.path}/reg", expected, str(hart.hart_id))
        if hart.plic_context is None:
            raise _fail(board, hart.path, "an S-mode context in the PLIC's list", "none")
    owned = sorted(board.linux.hart_ids + board.rtos.hart_ids)
    enabled = [hart.hart_id for hart in board.harts]
    if owned != enabled:
        expected = f"every enabled hart {enabled} in one domain"
        raise _fail(board, board.linux.path.rpartition("/")[0], expected, str(owned))
    for domain in (board.linux, board.rtos):
        if domain.boot_hart not in domain.hart_ids:
            expected = f"one of the domain's harts {list(domain.hart_ids)}"
            raise _fail(board, f"{domain.path}/boot-hart", expected, str(domain.boot_hart))


def _domains_reach_their_memory(board: Board) -> None:
    _reaches(board, board.linux, board.linux.next_region)
    for region in (board.rtos.next_region, board.heap):
        _reaches(board, board.rtos, region)
    for domain in (board.linux, board.rtos):
        _reaches(board, domain, board.shared)
    private = {region for region in board.rtos.regions if region != board.shared}
    shared_too = private.intersection(board.linux.regions)
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
    for device in (device for device in board.devices if device.irq is not None):
        irq = device.irq or 0
        where = f"{device.path}/interrupts"
        if not 1 <= irq <= limit:
            raise _fail(board, where, f"a PLIC source of 1 to {limit}", str(irq))
        if irq in seen:
            raise _fail(board, where, f"a source that {seen[irq].path} does not use", str(irq))
        seen[irq] = device


def _rings_fit(board: Board) -> None:
    link = board.rpmsg
    for name, value in (("num", link.vring_num), ("align", link.vring_align)):
        if value == 0 or value & (value - 1):
            raise _fail(board, f"{link.path}/ampsim,vring-{name}", "a power of two", str(value))
    needed = VRING_COUNT * vring_bytes(link.vring_num, link.vring_align, link.avail_aligned)
    if needed > link.vrings.size:
        expected = f"0x{needed:x} bytes for {VRING_COUNT} rings of {link.vring_num}"
        raise _fail(board, link.vrings.path, expected, f"0x{link.vrings.size:x}")
    pool = VRING_COUNT * link.vring_num * (link.payload + RPMSG_HEADER)
    if pool > link.buffers.size:
        expected = f"0x{pool:x} bytes for {VRING_COUNT * link.vring_num} buffers"
        raise _fail(board, link.buffers.path, expected, f"0x{link.buffers.size:x}")


def _link_is_shared(board: Board) -> None:
    link = board.rpmsg
    for region in (link.mailbox, link.vrings, link.buffers):
        if not board.shared.contains(region.base, region.size):
            expected = f"a region inside {board.shared} of {board.shared.path}"
            raise _fail(board, region.path, expected, str(region))
    if link.rtos_hart != board.rtos.boot_hart:
        expected = f"the boot hart of the RTOS domain, {board.rtos.boot_hart}"
        raise _fail(board, f"{link.path}/rtos-hart-id", expected, str(link.rtos_hart))


def vring_bytes(num: int, align: int, avail_aligned: bool) -> int:
    """Return the bytes one ring takes: descriptors, avail, used, each part rounded up to `align`.

    A standard virtio ring rounds only before the used ring; this port's rounds before the avail
    ring too (`avail_aligned`).
    """
    descriptors = 16 * num
    avail = _up(descriptors, align) if avail_aligned else descriptors
    used = _up(avail + 2 * (3 + num), align)
    return _up(used + 2 * 3 + 8 * num, align)


def _up(value: int, align: int) -> int:
    return (value + align - 1) // align * align


_RULES: tuple[Callable[[Board], None], ...] = (
    _regions_are_pages,
    _windows_are_apart,
    _reserved_regions_nest,
    _clocks_divide,
    _harts_belong_to_one_domain,
    _domains_reach_their_memory,
    _interrupts_are_distinct,
    _link_is_shared,
    _rings_fit,
)
