# SPDX-License-Identifier: Apache-2.0
"""Upsets of the RTL's own state, through the simulator: a bit that is lost in the clock it is set.

Whoever samples the signal at the next clock edge sees what was put there; no edge ever shows.
"""

from __future__ import annotations

from typing import Any

import cocotb
from cocotb.handle import Immediate
from cocotb.triggers import ReadWrite, Timer

from sim.boards.model import Board, RemoteprocLink
from sim.faults.catalog import Fault
from sim.hang.rtl import number, soc, source_index

APB_IDLE, APB_ACCESS = 0, 3  # states of hdl_models/fabric/apb_bridge.sv


def start_upset(fault: Fault, board: Board) -> None:
    """Begin to watch for the moment of a fault of the RTL; other faults need nothing here."""
    if fault["name"] == "cleared-interrupt":
        cocotb.start_soon(_clear_bit(*_interrupt(board, fault["to"]), fault["nth"]))
    elif fault["name"] == "stuck-slave":
        cocotb.start_soon(_stick(soc().bridge.u_bridge.state_q, fault["after_us"]))


def _interrupt(board: Board, side: str) -> tuple[Any, int]:
    """Return the register and the bit of it in which a side's doorbell becomes pending."""
    link = board.rpmsg
    if isinstance(link, RemoteprocLink):
        irq = link.msgbox.rtos_irq if side == "rtos" else link.msgbox.linux_irq
        return soc().plic.pending_q, source_index(board, irq)
    domain = board.rtos if side == "rtos" else board.linux
    return soc().clint.msip_o, domain.boot_hart


async def _clear_bit(register: Any, bit: int, nth: int) -> None:
    """Take the bit away as it is set for the nth time (0: every time)."""
    before, seen = 0, 0
    while not nth or seen < nth:
        await register.value_change
        value = number(register)
        rose = value >> bit & ~(before >> bit) & 1
        seen += rose
        before = value
        if rose and nth in (0, seen):
            before &= ~(1 << bit)
            await ReadWrite()  # vvp breaks down over a deposit in the callback of the change
            register.value = Immediate(before)


async def _stick(state: Any, after_us: int) -> None:
    """Let the bridge forget the access it is at."""
    if after_us:
        await Timer(after_us, "us")
    while number(state) != APB_ACCESS:
        await state.value_change
    state.value = Immediate(APB_IDLE)
