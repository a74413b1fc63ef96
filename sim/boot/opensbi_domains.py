# SPDX-License-Identifier: Apache-2.0
"""OpenSBI's domains: the memory each hart may touch, and the RTOS's hart let out of reset."""

from __future__ import annotations

from collections.abc import Iterable

from sim.boards import Board
from sim.boards.model import Domain, Region
from sim.boot.requests import Steps
from sim.core import STORE
from sim.firmware.errors import BootError

# hdl_models/registers/hart_control.rdl
_CTRL, _BOOT_LO = 0x0, 0x8
# hdl_models/registers/mpu.rdl
_MASTER, _MASTER_STRIDE = 0x100, 0x20
_WINDOWS, _WINDOW_STRIDE, _LIMIT, _CONTROL = 2, 0x8, 0x4, 0x10
_ENABLE_AND_LOCK = 3


def confine(board: Board, domain: Domain) -> Steps[None]:
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


def release(board: Board, entry: int) -> Steps[None]:
    """Let the RTOS hart out of reset at its entry."""
    control = board.compatible("ampsim,hart-control").region.base
    yield (STORE, control + _BOOT_LO, 4, entry)
    yield (STORE, control + _CTRL, 4, 1)
