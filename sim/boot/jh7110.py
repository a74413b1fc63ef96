# SPDX-License-Identifier: Apache-2.0
"""How a VisionFive 2 comes up: SPL loads the RTOS, OpenSBI starts its domain, then Linux.

Order of the original (seed 000 §3): the SPL reads the payload into DRAM and moves the RTOS image
to its place; OpenSBI gives each domain its harts and memory and sends them to their next stage,
so that the RTOS is up long before U-Boot has loaded Linux.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import TYPE_CHECKING, Any

from sim.boards import Board
from sim.boards.model import Domain, Region
from sim.boot.rtos import rtos_hart
from sim.core import STORE, WAIT, WRITE, Hart, Software
from sim.firmware import BootError, Elf
from sim.firmware.errors import BusFault

if TYPE_CHECKING:
    from sim.inside.session import Session

Requests = Generator[tuple[Any, ...], Any, None]

# hdl_models/registers/hart_control.rdl
_CTRL, _BOOT_LO = 0x0, 0x8
# hdl_models/registers/mpu.rdl
_MASTER, _MASTER_STRIDE = 0x100, 0x20
_WINDOWS, _WINDOW_STRIDE, _LIMIT, _CONTROL = 2, 0x8, 0x4, 0x10
_ENABLE_AND_LOCK = 3


class Jh7110Chain:
    """Gives each hart its part: boot hart, RTOS hart, or one of Linux's other CPUs."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def start(self, hart: Hart, address: int) -> Software | None:
        """Return the software of a hart that leaves reset at ``address``."""
        session = self._session
        linux = session.linux
        if hart is session.rtos_hart:
            return rtos_hart(hart, session.board, address)
        if hart is session.linux_boot_hart:
            after = session.profile.cycles("boot")["linux_after"]
            kernel = linux.boot_cpu() if linux else None
            return boot_hart(hart, session.board, session.elf, after, kernel)
        return linux.secondary_cpu(hart) if linux else None


def boot_hart(
    hart: Hart, board: Board, elf: Elf, linux_after: int, linux: Software | None
) -> Software:
    """Return the software of the boot hart.

    It loads the RTOS's segments through the bus, releases the RTOS hart, lets ``linux_after``
    clocks pass for U-Boot, and becomes Linux; without Linux it sleeps for ever.
    """
    hart.faults(BusFault)
    hart.thread("spl")
    for segment in elf.segments:
        if segment.data:
            yield (WRITE, segment.address, segment.data)
    hart.thread("opensbi")
    for domain in (board.linux, board.rtos):
        yield from _confine(board, domain)
    yield from _release(board.compatible("ampsim,hart-control").region.base, elf.entry)
    hart.thread("u-boot")
    yield (WAIT, linux_after, 0)
    if linux is None:
        hart.thread("parked")
        while True:
            yield (WAIT, -1, 0)
    yield from linux


def _confine(board: Board, domain: Domain) -> Requests:
    """Hold the harts of a domain to its memory, until the next reset (PMP in the original)."""
    mpu = board.compatible("ampsim,access-window").region.base
    spans = merge_spans(domain.regions)
    if len(spans) > _WINDOWS:
        raise BootError.at(domain.path, f"memory in {_WINDOWS} pieces at most", str(len(spans)))
    spans += [(1, 0)] * (_WINDOWS - len(spans))  # a limit below the base: empty
    for hart_id in domain.hart_ids:
        master = mpu + _MASTER + _MASTER_STRIDE * board.hart(hart_id).index
        for number, (base, limit) in enumerate(spans):
            window = master + _WINDOW_STRIDE * number
            yield (STORE, window, 4, base)
            yield (STORE, window + _LIMIT, 4, limit)
        yield (STORE, master + _CONTROL, 4, _ENABLE_AND_LOCK)


def merge_spans(regions: Iterable[Region]) -> list[tuple[int, int]]:
    """Return the (first, last) addresses that regions cover, neighbours joined, in order."""
    spans: list[tuple[int, int]] = []
    for region in sorted(regions, key=lambda region: region.base):
        if spans and region.base <= spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], max(spans[-1][1], region.end - 1))
        else:
            spans.append((region.base, region.end - 1))
    return spans


def _release(control: int, entry: int) -> Requests:
    """Let the RTOS hart out of reset at its entry."""
    yield (STORE, control + _BOOT_LO, 4, entry)
    yield (STORE, control + _CTRL, 4, 1)
