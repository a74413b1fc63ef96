# SPDX-License-Identifier: Apache-2.0
"""Programs of the two harts: each case is (E907, A27); it has passed when the A27 has ended."""

from __future__ import annotations

import random

from v821_map import (
    A27_CONTEXT,
    A27_IRQ,
    A27_STATUS,
    BROM,
    COUNT,
    DRAM,
    DRAM_END,
    E907_BOOT,
    E907_CONTEXT,
    E907_IRQ,
    E907_MODE,
    E907_ROOM_IRQ,
    MESSAGE,
    MSIP,
    MTIME,
    MTIMECMP,
    READ_ENABLE,
    READ_STATUS,
    RESET0,
    SPINLOCK,
    SPINLOCK_IRQ,
    SPINLOCKS,
    SRAM,
    SRAM_END,
    STOP_RECORD,
    TO_A27,
    TO_E907,
    UART0,
    UART0_DIVISOR,
    UART0_IRQ,
    UART1,
    UART1_DIVISOR,
    UART1_IRQ,
    WRITE_ENABLE,
    WRITE_STATUS,
    end_interrupt,
    hold_e907,
    let_in,
    release_a27,
    release_e907,
    take_interrupt,
)

from sim.core import LOAD, READ, SOFT, STORE, TIMER, WAIT, WRITE, BusFault

A27_BOOT, FIRMWARE = SRAM + 0xA0, DRAM + 0x0100_0000
BUFFER = DRAM + 0x0010_0000
MESSAGES = 20


def boot_then(software):
    """The E907 lets the A27 go at its reset; afterwards, and without that, it is ``software``."""

    def e907(hart, address):
        if address == BROM:
            yield from release_a27(A27_BOOT)
        yield from software(hart)

    return e907


def asleep(hart):
    while True:
        yield (WAIT, -1, 0)


# Message boxes ====================================================================================


def answering(hart):
    """Every word that comes goes back with its bits turned over."""
    yield from let_in(E907_CONTEXT, E907_IRQ)
    yield (STORE, TO_E907 + READ_ENABLE, 4, 1)
    while True:
        yield from take_interrupt(hart, E907_CONTEXT, E907_IRQ)
        while (yield (LOAD, TO_E907 + COUNT, 4)):
            word = yield (LOAD, TO_E907 + MESSAGE, 4)
            yield (STORE, TO_A27 + MESSAGE, 4, word ^ 0xFFFF_FFFF)
        yield (STORE, TO_E907 + READ_STATUS, 4, 1)
        yield from end_interrupt(E907_CONTEXT, E907_IRQ)


def asking(hart):
    rng = random.Random(130)
    yield from let_in(A27_CONTEXT, A27_IRQ)
    yield (STORE, TO_A27 + READ_ENABLE, 4, 1)
    for _ in range(MESSAGES):
        words = [rng.getrandbits(32) for _ in range(rng.randrange(1, 9))]
        for word in words:
            yield (STORE, TO_E907 + MESSAGE, 4, word)
        answers = []
        while len(answers) < len(words):
            yield from take_interrupt(hart, A27_CONTEXT, A27_IRQ)
            while (yield (LOAD, TO_A27 + COUNT, 4)):
                answers.append((yield (LOAD, TO_A27 + MESSAGE, 4)) ^ 0xFFFF_FFFF)
            yield (STORE, TO_A27 + READ_STATUS, 4, 1)
            yield from end_interrupt(A27_CONTEXT, A27_IRQ)
        assert answers == words


def slow_reader(hart):
    """Takes one word, after the A27 has filled the channel."""
    yield (WAIT, 5000, 0)
    yield (LOAD, TO_E907 + MESSAGE + 4, 4)
    yield from asleep(hart)


def filling(hart):
    yield from let_in(A27_CONTEXT, E907_ROOM_IRQ)
    for word in range(8):
        yield (STORE, TO_E907 + MESSAGE + 4, 4, word)
    yield (STORE, TO_E907 + WRITE_STATUS, 4, 2 << 2)
    yield (STORE, TO_E907 + WRITE_ENABLE, 4, 2 << 2)
    assert hart.now() < 5000
    yield from take_interrupt(hart, A27_CONTEXT, E907_ROOM_IRQ)
    assert hart.now() > 5000
    assert (yield (LOAD, TO_E907 + COUNT + 4, 4)) == 7


def box_in_reset(hart):
    """A box that is held takes no words and forgets what it had."""
    yield (STORE, TO_E907 + MESSAGE, 4, 5)
    resets = yield (LOAD, RESET0, 4)
    yield (STORE, RESET0, 4, resets & ~4)
    yield (STORE, TO_E907 + MESSAGE, 4, 6)
    assert (yield (LOAD, TO_E907 + COUNT, 4)) == 0
    yield (STORE, RESET0, 4, resets)
    assert (yield (LOAD, TO_E907 + COUNT, 4)) == 0
    yield (STORE, TO_E907 + MESSAGE, 4, 7)
    assert (yield (LOAD, TO_E907 + MESSAGE, 4)) == 7


# Cores ============================================================================================


def working_then_asleep(hart):
    yield (WAIT, 3000, 0)
    while (yield (LOAD, STOP_RECORD, 4)) != 0x16AA_0000:
        pass
    assert (yield (LOAD, A27_STATUS, 4)) == 0
    yield (STORE, STOP_RECORD, 4, 0x16AA_0001)
    yield (WAIT, 2000, 0)
    assert (yield (LOAD, A27_STATUS, 4)) == 2  # it waits for the software interrupt
    yield (STORE, MSIP, 4, 1)
    yield from asleep(hart)


def watching(hart):
    """The stop handshake of Linux's driver: record word, then the work mode."""
    assert (yield (LOAD, E907_MODE, 4)) == 3
    yield (STORE, STOP_RECORD, 4, 0x16AA_0000)
    while (yield (LOAD, STOP_RECORD, 4)) != 0x16AA_0001:
        yield (WAIT, 50, 0)
    yield (WAIT, -1, SOFT)
    yield (STORE, MSIP, 4, 0)
    while (yield (LOAD, E907_MODE, 4)) == 3:
        pass
    assert (yield (LOAD, E907_MODE, 4)) == 1
    yield from hold_e907()
    assert (yield (LOAD, E907_MODE, 4)) == 0
    yield (
        STORE,
        RESET0,
        4,
        0x16,
    )  # configuration in reset: the boot address is the boot ROM's again
    yield (STORE, RESET0, 4, 0x17)
    assert (yield (LOAD, E907_BOOT, 4)) == BROM
    yield from release_e907(FIRMWARE)
    yield (WAIT, 100, 0)
    assert (yield (LOAD, E907_MODE, 4)) == 3


def own_lines(hart):
    """Software and timer interrupt of each hart reach that hart alone."""
    yield (WAIT, -1, SOFT)
    assert hart.lines[0] == SOFT
    yield (STORE, MSIP + 4, 4, 0)
    now = yield (LOAD, MTIME, 8)
    yield (STORE, MTIMECMP, 8, now + 40)  # the A27's
    yield from asleep(hart)


def waking(hart):
    yield (STORE, MSIP + 4, 4, 1)
    yield (WAIT, -1, TIMER)
    assert hart.lines[0] == TIMER


def both_memories(hart):
    rng = random.Random(821)
    for base, end in ((DRAM, DRAM_END), (SRAM, SRAM_END)):
        data = rng.randbytes(3000)
        for place in (base, end - len(data)):
            yield (WRITE, place, data)
            assert (yield (READ, place, len(data))) == data
        for outside in (base - 4, end):
            try:
                yield (LOAD, outside, 4)
            except BusFault as fault:
                assert fault.response == 3
            else:
                raise AssertionError(f"{outside:#x} answers")
    for nothing in (0, UART1 + 0x1000, E907_MODE + 0x10_0000):
        try:
            yield (LOAD, nothing, 4)
        except BusFault as fault:
            assert fault.response == 3
        else:
            raise AssertionError(f"{nothing:#x} answers")


def taking_locks(hart):
    while (yield (LOAD, SPINLOCKS, 4)) != 1 << 5:
        pass
    assert (yield (LOAD, SPINLOCK + 20, 4)) == 1
    yield (STORE, SPINLOCKS + 0x10, 4, 1 << 5)  # tell me when it is free
    yield from let_in(E907_CONTEXT, SPINLOCK_IRQ)
    yield (STORE, STOP_RECORD, 4, 1)
    yield from take_interrupt(hart, E907_CONTEXT, SPINLOCK_IRQ)
    assert (yield (LOAD, SPINLOCK + 20, 4)) == 0
    yield (STORE, STOP_RECORD, 4, 2)
    yield from asleep(hart)


def holding_a_lock(hart):
    assert (yield (LOAD, SPINLOCK + 20, 4)) == 0
    while (yield (LOAD, STOP_RECORD, 4)) != 1:
        yield (WAIT, 20, 0)
    yield (STORE, SPINLOCK + 20, 4, 0)
    while (yield (LOAD, STOP_RECORD, 4)) != 2:
        yield (WAIT, 20, 0)
    assert (yield (LOAD, SPINLOCKS, 4)) == 1 << 5


# Serial line ======================================================================================


def typing_back(hart, uart, divisor, context, source, characters):
    """What comes in on a serial line goes out again, read on the UART's interrupt."""
    rate = ((0x0C, 0x80), (0x00, divisor), (0x04, 0), (0x0C, 0x03))  # 8n1
    for offset, value in (*rate, (0x08, 1), (0x04, 1)):
        yield (STORE, uart + offset, 4, value)
    yield from let_in(context, source)
    hart.event("type", 0, 0)
    while characters:
        yield from take_interrupt(hart, context, source)
        while (yield (LOAD, uart + 0x14, 4)) & 1:
            yield (STORE, uart, 4, (yield (LOAD, uart, 4)))
            characters -= 1
        yield from end_interrupt(context, source)
    yield (WAIT, 40_000, 0)  # the last characters are on the line for 87 us each


def typing_back_on_uart1(hart):
    yield from typing_back(hart, UART1, UART1_DIVISOR, E907_CONTEXT, UART1_IRQ, 8)
    yield from asleep(hart)


def typing_back_on_uart0(hart):
    yield from typing_back(hart, UART0, UART0_DIVISOR, A27_CONTEXT, UART0_IRQ, 8)


# Resets in mid-transaction ========================================================================


def never_at_rest(hart):
    """Bursts and single accesses of every kind, into memory and registers, and a wait."""
    data = bytes(range(256)) * 4
    while True:
        yield (WRITE, BUFFER + 8, data)
        yield (READ, BUFFER, 1024)
        yield (STORE, SRAM + 64, 4, 1)
        yield (LOAD, STOP_RECORD, 4)
        yield (STORE, TO_A27 + MESSAGE, 4, 1)
        yield (WAIT, 3, 0)


def pulling_the_rug(hart):
    """Resets the E907 at every phase of its transactions; bus and memory stay sound."""
    rng = random.Random(907)
    yield (WAIT, 200, 0)
    for delay in range(400):
        yield from hold_e907()
        if delay % 3:  # else a reset shorter than the burst that is under way
            yield (WAIT, 400, 0)
            yield (WRITE, BUFFER, bytes(64))
            yield (WAIT, 600, 0)
            assert (yield (READ, BUFFER, 64)) == bytes(64)  # it writes no more
            data = rng.randbytes(300)
            yield (WRITE, DRAM + 40, data)
            assert (yield (READ, DRAM + 40, 300)) == data
        yield from release_e907(FIRMWARE + delay)
        yield (WAIT, 400 + delay, 0)  # the burst ends, the core starts and comes to another phase


CASES = {
    "message_boxes": (boot_then(answering), asking),
    "room_in_a_message_box": (boot_then(slow_reader), filling),
    "message_box_in_reset": (boot_then(asleep), box_in_reset),
    "stop_handshake": (boot_then(working_then_asleep), watching),
    "interrupt_lines": (boot_then(own_lines), waking),
    "memories": (boot_then(asleep), both_memories),
    "spinlocks": (boot_then(taking_locks), holding_a_lock),
    "serial_lines": (boot_then(typing_back_on_uart1), typing_back_on_uart0),
    "resets": (boot_then(never_at_rest), pulling_the_rug),
}
