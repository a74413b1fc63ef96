# SPDX-License-Identifier: Apache-2.0
"""Where on a board the two sides meet: rings, doorbells, registers that let them through."""

from __future__ import annotations

from sim.boards.model import Board, MailboxLink, RemoteprocLink
from sim.referee.ring_layout import RingShape

SIDES = ("linux", "rtos")

# Registers of a message box, in the part of a sender (hdl_models/registers/msgbox.rdl).
_READ_ENABLE, _READ_STATUS, _COUNT, _FIFO = 0x20, 0x24, 0x60, 0x70
_SLOT_STRIDE = 0x100

# RISC-V PLIC specification 1.0.0, memory map.
_PLIC_ENABLE, _ENABLE_STRIDE = 0x2000, 0x80
_PLIC_CONTEXT, _CONTEXT_STRIDE, _CLAIM = 0x200000, 0x1000, 4


def boot_hart(board: Board, side: str) -> int:
    """Return the hart that takes the doorbells of a side."""
    return (board.rtos if side == "rtos" else board.linux).boot_hart


def ring_shapes(board: Board) -> tuple[RingShape, RingShape]:
    """Return both rings: 0 carries what the RTOS sends, 1 what Linux sends."""
    link, shape = board.rpmsg, board.rpmsg.rings
    if isinstance(link, MailboxLink):
        first = RingShape(link.vrings.base, shape.num, shape.align, shape.avail_aligned)
        second = first.base + first.stride
    else:
        base = link.carveouts["vdev0vring0"].base
        first = RingShape(base, shape.num, shape.align, shape.avail_aligned)
        second = link.carveouts["vdev0vring1"].base
    return first, RingShape(second, shape.num, shape.align, shape.avail_aligned)


class Msgbox:
    """The message box that a side owns, seen from the channel of the link."""

    def __init__(self, link: RemoteprocLink, side: str) -> None:
        box = link.msgbox
        base = (box.rtos if side == "rtos" else box.linux).base + _SLOT_STRIDE * box.slot
        self.side = side
        self.channel = link.channel
        self.irq = box.rtos_irq if side == "rtos" else box.linux_irq
        self.read_enable = base + _READ_ENABLE
        self.read_status = base + _READ_STATUS
        self.read_bit = 1 << 2 * link.channel
        self.count = base + _COUNT + 4 * link.channel
        self.fifo = base + _FIFO + 4 * link.channel

    def context(self, board: Board) -> int:
        """Return the PLIC context of the side's hart."""
        context = board.hart(boot_hart(board, self.side)).plic_context
        assert context is not None
        return context

    def plic_enable(self, board: Board) -> tuple[int, int]:
        """Return address and bit of the enable bit of its interrupt."""
        base = board.compatible("sifive,plic-1.0.0").region.base
        word = base + _PLIC_ENABLE + _ENABLE_STRIDE * self.context(board) + 4 * (self.irq // 32)
        return word, 1 << self.irq % 32

    def claim(self, board: Board) -> int:
        """Return the address of the claim register of the side's context."""
        base = board.compatible("sifive,plic-1.0.0").region.base
        return base + _PLIC_CONTEXT + _CONTEXT_STRIDE * self.context(board) + _CLAIM


def doorbell_address(board: Board, side: str) -> int:
    """Return the register whose store rings the doorbell of a side."""
    link = board.rpmsg
    if isinstance(link, RemoteprocLink):
        return Msgbox(link, side).fifo
    return board.compatible("sifive,clint0").region.base + 4 * boot_hart(board, side)


def device_at(board: Board, address: int) -> str:
    """Return the name of the device or memory that has an address, "" for none."""
    for device in board.devices:
        if any(region.contains(address) for region in device.regions):
            return device.name
    return next((r.name for r in board.memory if r.contains(address)), "")
