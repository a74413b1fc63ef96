# SPDX-License-Identifier: Apache-2.0
"""What each consumer gets of a board: RTOS a dict, Linux its nodes, the RTL parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sim.boards.model import Board, Device, MailboxLink, Region, RemoteprocLink
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
        "privilege": board.rtos.privilege,
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
    rings = {
        "vring_num": link.rings.num,
        "vring_align": link.rings.align,
        "avail_aligned": link.rings.avail_aligned,
        "payload": link.rings.payload,
        "consumed_notify": link.rings.consumed_notify,
        "link_id": link.link_id,
    }
    if board.real_linux:
        assert board.linux_ram is not None
        rings["memory_offset"] = board.linux_ram.base
    if isinstance(link, MailboxLink):
        return {
            "platform": "starfive",
            "mailbox": link.mailbox.base,
            "linux_hart_mask": 1 << board.linux.boot_hart,
            **rings,
            **_starfive_rings(board, link),
        }
    return {
        "platform": "sunxi",
        "msgbox": {
            "local": link.msgbox.rtos.base,
            "remote": link.msgbox.linux.base,
            "irq": link.msgbox.rtos_irq,
            "channel": link.channel,
            "slot": link.msgbox.slot,
        },
        "buffer_bytes": link.carveouts["vdev0buffer"].size,
        "stop_record": link.stop_record,
        "heartbeat_ticks": link.heartbeat_ticks,
        "rpbuf": link.rpbuf is not None,
        **rings,
    }


def _starfive_rings(board: Board, link: MailboxLink) -> dict[str, Any]:
    """Return where the rings are: agreed upon, or told by a table where a real kernel runs."""
    if board.real_linux:
        return {"resource_table": link.vrings.base}
    return {"vring_base": link.vrings.base, "shm_end": link.shared.end - 1}


def rtos_windows(board: Board) -> list[tuple[int, int]]:
    """Return the (base, bytes) that a firmware's segments may lie in: the RTOS's own memory."""
    shared = board.rpmsg.shared_regions
    return [_span(region) for region in board.rtos.regions if region not in shared]


def linux_nodes(board: Board) -> list[dict[str, Any]]:
    """Return the devicetree nodes that Linux drivers bind to, in address order, as plain values.

    Each has path, label, compatible (tuple), reg (list of (base, size)), interrupts (list of PLIC
    sources) and properties. What the source says by phandle is resolved: memory-region to name ->
    (base, size), resets and clocks to name -> (address, bit), mboxes to (label, channel).
    """
    nodes = [_device_node(device) for device in board.devices if device is not board.rtos.console]
    link = board.rpmsg
    if isinstance(link, MailboxLink):
        nodes.append(_linux_mailbox_link(link))
    else:
        _complete_remoteproc(nodes, link)
    _with_contexts(nodes, board)
    return nodes


def _device_node(device: Device) -> dict[str, Any]:
    return {
        "path": device.path,
        "label": device.name,
        "compatible": device.compatible,
        "reg": [_span(region) for region in device.regions],
        "interrupts": list(device.irqs),
        "properties": dict(device.properties),
    }


def _with_contexts(nodes: list[dict[str, Any]], board: Board) -> None:
    """Have the interrupt controller's node say which context is whose."""
    plic = board.compatible("sifive,plic-1.0.0")
    for node in nodes:
        if node["path"] == plic.path:
            node["properties"]["ampsim,contexts"] = {
                hart.hart_id: hart.plic_context for hart in board.harts
            }


def _linux_mailbox_link(link: MailboxLink) -> dict[str, Any]:
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


def _complete_remoteproc(nodes: list[dict[str, Any]], link: RemoteprocLink) -> None:
    """Resolve the references of the remote processor and of what belongs to it."""
    box = link.msgbox
    for node in nodes:
        if node["path"] == link.path:
            node["properties"] |= _remoteproc_references(link)
        elif node["path"] == box.device.path:
            node["reg"] = [_span(box.linux), _span(box.rtos)]
            node["interrupts"] = [box.linux_irq]
    if link.rpbuf is not None:
        rpbuf = link.rpbuf
        nodes.append(
            {
                "path": rpbuf.path,
                "label": rpbuf.name,
                "compatible": rpbuf.compatible,
                "reg": [],
                "interrupts": [],
                "properties": dict(rpbuf.properties)
                | {
                    "memory-region": {rpbuf.region.name: _span(rpbuf.region)},
                    "remoteproc": link.device.name,
                },
            }
        )


def _remoteproc_references(link: RemoteprocLink) -> dict[str, Any]:
    return {
        "mboxes": (link.msgbox.device.name, link.channel),
        "memory-region": {name: _span(region) for name, region in link.carveouts.items()},
        "fw-region": _span(link.firmware_region),
        "resets": {name: tuple(bit) for name, bit in link.resets.items()},
        "clocks": {name: tuple(bit) for name, bit in link.clocks.items()},
        "ampsim,register-keys": dict(link.keys),
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
        "release": board.kernel[0],
        "machine": board.kernel[1],
        "nodes": linux_nodes(board),
    }


def rtl_parameters(board: Board) -> dict[str, int]:
    """Return the parameters of the SoC top: base addresses, memory sizes in bytes, bit times."""
    return {
        "CLINT_BASE": board.compatible("sifive,clint0").region.base,
        "PLIC_BASE": board.compatible("sifive,plic-1.0.0").region.base,
        "UART0_BASE": board.linux.console.region.base,
        "UART1_BASE": board.rtos.console.region.base,
        **_SOC_PARAMETERS[board.soc](board),
        **_linux_ram_parameters(board),
    }


def _linux_ram_parameters(board: Board) -> dict[str, int]:
    """Return the window of a real kernel's RAM, nothing where the run has none."""
    ram = board.linux_ram
    if ram is None or not board.real_linux:
        return {}
    return {"LINUX_BASE": ram.base, "LINUX_BYTES": ram.size}


def _jh7110_parameters(board: Board) -> dict[str, int]:
    dram, amp = board.memory
    return {
        "DRAM_BASE": dram.base,
        "DRAM_BYTES": dram.size,
        "AMP_BASE": amp.base,
        "AMP_BYTES": amp.size,
        "HARTCTL_BASE": board.compatible("ampsim,hart-control").region.base,
        "MPU_BASE": board.compatible("ampsim,access-window").region.base,
    }


def _v821_parameters(board: Board) -> dict[str, int]:
    link = board.rpmsg
    assert isinstance(link, RemoteprocLink)
    (dram,) = board.memory
    sram = board.compatible("mmio-sram").region
    return {
        "DRAM_BASE": dram.base,
        "DRAM_BYTES": dram.size,
        "SRAM_BASE": sram.base,
        "SRAM_BYTES": sram.size,
        "BROM_BASE": board.compatible("ampsim,boot-rom").region.base,
        "CCU_BASE": board.compatible("allwinner,sun300iw1-app-ccu").region.base,
        "E907CFG_BASE": link.device.region.base,
        "A27CFG_BASE": board.compatible("ampsim,a27-config").region.base,
        "MSGBOX_E907_BASE": link.msgbox.rtos.base,
        "MSGBOX_A27_BASE": link.msgbox.linux.base,
        "SPINLOCK_BASE": board.compatible("allwinner,sunxi-hwspinlock").region.base,
        "PRCM_BASE": board.compatible("allwinner,sun300iw1-prcm-ccu").region.base,
        "UART1_BIT_CLOCKS": round(board.clock_hz / board.rtos.baud),
    }


_SOC_PARAMETERS: dict[str, Callable[[Board], dict[str, int]]] = {
    "jh7110": _jh7110_parameters,
    "v821": _v821_parameters,
}
