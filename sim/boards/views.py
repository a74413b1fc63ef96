# SPDX-License-Identifier: Apache-2.0
"""What each consumer gets of a board: RTOS a dict, Linux its nodes, the RTL parameters."""

from __future__ import annotations

from typing import Any

from sim.boards.model import Board, Region
from sim.boards.profile import Profile

# The banner's date: an image is reproducible, so it does not depend on the day it is built.
BUILD_DATE = "Nov 21 2023"


def rtos_board(
    board: Board,
    profile: Profile,
    *,
    app: str = "rpmsg_linux_test",
    count: int = 0,
    build_date: str = BUILD_DATE,
    **extra: Any,
) -> dict[str, Any]:
    """Return the plain dict that the firmware carries as board.json and rtos_side reads.

    `app` names a module of rtos_side.apps, `count` is its number of messages or measurements (0:
    the app's own default); `extra` goes in as it is. Costs are cycles of the bench clock.
    """
    hart, uart = board.rtos.boot_hart, board.rtos.console
    plic = board.compatible("sifive,plic-1.0.0")
    return {
        "name": board.name,
        "costs": profile.cycles("rtos"),
        "clock_hz": board.clock_hz,
        "timebase_hz": board.timebase_hz,
        "tick_hz": board.rtos.tick_hz,
        "cpu_hz": board.hart(hart).clock_hz,
        "hart_id": hart,
        "clint": board.compatible("sifive,clint0").region.base,
        "plic": {
            "base": plic.region.base,
            "context": board.hart(hart).plic_context,
            "sources": plic.properties["riscv,ndev"],
        },
        "console": {
            "base": uart.region.base,
            "irq": uart.irq,
            "clock_hz": uart.properties["clock-frequency"],
            "baud": board.rtos.baud,
            "reg_shift": uart.properties["reg-shift"],
            "poll_stall": profile.cycles("rtos")["uart_poll"],
        },
        "code": {"base": board.rtos.next_region.base, "size": board.rtos.next_region.size},
        "heap": {"base": board.heap.base, "size": board.heap.size},
        "rpmsg": _rtos_rpmsg(board),
        "app": app,
        "count": count,
        "build_date": build_date,
        **extra,
    }


def _rtos_rpmsg(board: Board) -> dict[str, Any]:
    link = board.rpmsg
    return {
        "mailbox": link.mailbox.base,
        "vring_base": link.vrings.base,
        "vring_num": link.vring_num,
        "vring_align": link.vring_align,
        "avail_aligned": link.avail_aligned,
        "payload": link.payload,
        "consumed_notify": link.consumed_notify,
        "linux_hart_mask": 1 << board.linux.boot_hart,
        "link_id": link.link_id,
        "shm_end": board.shared.end - 1,
    }


def rtos_windows(board: Board) -> list[tuple[int, int]]:
    """Return the (base, bytes) that a firmware's segments may lie in."""
    return [_span(board.rtos.next_region), _span(board.heap)]


def linux_nodes(board: Board) -> list[dict[str, Any]]:
    """Return the devicetree nodes that Linux drivers bind to, in address order, as plain values.

    Each has path, label, compatible (tuple), reg (list of (base, size)), interrupts (list of PLIC
    sources) and properties; memory-region is resolved to name -> (base, size).
    """
    nodes = [
        {
            "path": device.path,
            "label": device.name,
            "compatible": device.compatible,
            "reg": [_span(device.region)],
            "interrupts": [] if device.irq is None else [device.irq],
            "properties": dict(device.properties),
        }
        for device in board.devices
        if device.region != board.rtos.console.region
    ]
    return [*nodes, _linux_rpmsg(board)]


def _linux_rpmsg(board: Board) -> dict[str, Any]:
    link = board.rpmsg
    regions = {"mailbox": link.mailbox, "vrings": link.vrings, "buffers": link.buffers}
    return {
        "path": link.path,
        "label": "rpmsg",
        "compatible": link.compatible,
        "reg": [],
        "interrupts": [],
        "properties": dict(link.properties)
        | {"memory-region": {name: _span(region) for name, region in regions.items()}},
    }


def _span(region: Region) -> tuple[int, int]:
    return region.base, region.size


def linux_board(board: Board, profile: Profile) -> dict[str, Any]:
    """Return what the Linux side needs besides its nodes: harts, clocks, console, cost cycles."""
    return {
        "costs": profile.cycles("linux"),
        "clock_hz": board.clock_hz,
        "timebase_hz": board.timebase_hz,
        "tick_hz": board.linux.tick_hz,
        "harts": list(board.linux.hart_ids),
        "boot_hart": board.linux.boot_hart,
        "plic_contexts": {hart: board.hart(hart).plic_context for hart in board.linux.hart_ids},
        "memory": _span(board.linux.next_region),
        "console": {"path": board.linux.console.path, "baud": board.linux.baud},
        "nodes": linux_nodes(board),
    }


def rtl_parameters(board: Board) -> dict[str, int]:
    """Return the parameters of the SoC top: base addresses and memory sizes in bytes."""
    dram, amp = board.memory
    return {
        "DRAM_BASE": dram.base,
        "DRAM_BYTES": dram.size,
        "AMP_BASE": amp.base,
        "AMP_BYTES": amp.size,
        "CLINT_BASE": board.compatible("sifive,clint0").region.base,
        "PLIC_BASE": board.compatible("sifive,plic-1.0.0").region.base,
        "UART0_BASE": board.linux.console.region.base,
        "UART1_BASE": board.rtos.console.region.base,
        "HARTCTL_BASE": board.compatible("ampsim,hart-control").region.base,
        "MPU_BASE": board.compatible("ampsim,access-window").region.base,
    }
