# SPDX-License-Identifier: Apache-2.0
"""Where the V821's harts find things: bases from the board, offsets from the RDL files."""

from __future__ import annotations

from sim.boards import load_board
from sim.boards.views import rtl_parameters
from sim.core import EXTERNAL, LOAD, STORE, WAIT

BOARD = load_board("v821")
BASES = rtl_parameters(BOARD)

DRAM, SRAM, BROM = BASES["DRAM_BASE"], BASES["SRAM_BASE"], BASES["BROM_BASE"]
DRAM_END, SRAM_END = DRAM + BASES["DRAM_BYTES"], SRAM + BASES["SRAM_BYTES"]
MSIP, MTIMECMP = BASES["CLINT_BASE"], BASES["CLINT_BASE"] + 0x4000
MTIME = BASES["CLINT_BASE"] + 0xBFF8
PLIC, UART0, UART1 = BASES["PLIC_BASE"], BASES["UART0_BASE"], BASES["UART1_BASE"]
SPINLOCKS, SPINLOCK = BASES["SPINLOCK_BASE"] + 0x10, BASES["SPINLOCK_BASE"] + 0x100
STOP_RECORD = BASES["PRCM_BASE"] + 0x20C

A27_CLOCK, GATING0 = BASES["CCU_BASE"] + 0x7C, BASES["CCU_BASE"] + 0x80
RESET0, RESET1 = BASES["CCU_BASE"] + 0x90, BASES["CCU_BASE"] + 0x94
E907_RESET, E907_KEY = BASES["CCU_BASE"] + 0x9C, 0xA569_0000
A27_CORE, A27_MSGBOX, A27_CFG = 1 << 26, 1 << 27, 1 << 28

A27_START, A27_STATUS = BASES["A27CFG_BASE"] + 0x204, BASES["A27CFG_BASE"] + 0x248
E907_BOOT, E907_MODE = BASES["E907CFG_BASE"] + 0x204, BASES["E907CFG_BASE"] + 0x248

TO_A27, TO_E907 = BASES["MSGBOX_A27_BASE"], BASES["MSGBOX_E907_BASE"]
READ_ENABLE, READ_STATUS, WRITE_ENABLE, WRITE_STATUS = 0x20, 0x24, 0x30, 0x34
COUNT, MESSAGE = 0x60, 0x70

A27_CONTEXT, E907_CONTEXT = (BOARD.hart(hart).plic_context for hart in (0, 1))
UART0_DIVISOR, UART1_DIVISOR = (
    round(domain.console.properties["clock-frequency"] / 16 / domain.baud)
    for domain in (BOARD.linux, BOARD.rtos)
)
UART0_IRQ, UART1_IRQ = BOARD.linux.console.irq, BOARD.rtos.console.irq
SPINLOCK_IRQ = BOARD.compatible("allwinner,sunxi-hwspinlock").irq
E907_IRQ, A27_IRQ = BOARD.compatible("allwinner,sun300iw1-msgbox").irqs
E907_ROOM_IRQ = 130  # the first one of the public devicetree; no driver of the bench uses it


def claim_register(context: int) -> int:
    return PLIC + 0x20_0004 + 0x1000 * context


def let_in(context: int, source: int):
    """Requests that enable a source of the PLIC, at priority 1."""
    enable = PLIC + 0x2000 + 0x80 * context + source // 32 * 4
    yield (STORE, PLIC + 4 * source, 4, 1)
    word = yield (LOAD, enable, 4)
    yield (STORE, enable, 4, word | 1 << source % 32)


def take_interrupt(hart, context: int, source: int):
    """Requests that wait for the external line, claim, and see that it is this source."""
    yield (WAIT, -1, EXTERNAL)
    assert hart.lines[0] & EXTERNAL
    claimed = yield (LOAD, claim_register(context), 4)
    assert claimed == source, f"claimed {claimed}, expected {source}"


def end_interrupt(context: int, source: int):
    yield (STORE, claim_register(context), 4, source)


def release_a27(start: int):
    """What E907_BOOT does: configuration and message box out of reset, start address, the core."""
    word = yield (LOAD, RESET1, 4)
    yield (STORE, RESET1, 4, word | A27_MSGBOX | A27_CFG)
    yield (STORE, A27_START, 4, start)
    while (yield (LOAD, A27_START, 4)) == 0:
        pass
    word = yield (LOAD, RESET1, 4)
    yield (STORE, RESET1, 4, word | A27_CORE)


def hold_e907():
    yield (STORE, E907_RESET, 4, E907_KEY)


def release_e907(start: int):
    yield (STORE, E907_BOOT, 4, start)
    yield (STORE, E907_RESET, 4, E907_KEY | 1)
