# SPDX-License-Identifier: Apache-2.0
"""Faults in doorbells, the vdev's status and features and foreign memory, by their rule."""

from __future__ import annotations

from planted_ring_faults import PING, PONG, Fault
from referee_driver import DA, DFEATURES, GFEATURES, MESSAGE, STATUS, STATUS_CLEAR, TABLE, Driver

from sim.records import Kind


def no_kick(d: Driver) -> None:
    d.linux.write(d.tx, PING)
    d.post(1, 0, d.tx, len(PING), 0)
    d.rtos_receives(PING)
    d.wait(130)


def no_kick_back(d: Driver) -> None:
    head = d.used[0] & 1
    d.take(0, head)
    d.rtos.write(d.pool + 512 * head, PONG)
    d.give_back(0, head, 512)
    d.wait(21)


def again(**changes: int) -> Fault:
    """Linux starts once more, with another resource table."""

    def fault(d: Driver) -> None:
        d.linux.store(STATUS, 1, 0)
        d.probe(**changes)
        d.linux.store(STATUS, 1, 7)

    return fault


def status(*values: int) -> Fault:
    """Linux writes these states."""

    def fault(d: Driver) -> None:
        for value in values:
            d.linux.store(STATUS, 1, value)

    return fault


def kick_early(d: Driver) -> None:
    d.linux.store(STATUS, 1, 0)
    d.probe()
    d.kick_rtos(0)


def setting_up(address: int, value: int) -> Fault:
    """Linux writes a word of the table while it sets up."""

    def fault(d: Driver) -> None:
        status(0, 1, 3)(d)
        d.linux.store(address, 4, value)

    return fault


def overflow(d: Driver) -> None:
    for _ in range(9):
        d.linux.store(d.to_rtos + 4, 4, 1)


def box_altered(d: Driver) -> None:
    d.linux.store(d.to_rtos + 4, 4, 1)
    d.rtos.load(d.to_rtos + 4, 4, 2)


def box_unanswered(d: Driver) -> None:
    d.linux.store(d.to_rtos + 4, 4, 1)
    d.wait(51)


def mailbox_busy(d: Driver) -> None:
    d.linux.store(d.words + 0x40, 4, 1)
    d.wait(51)


def ipi_pending(d: Driver) -> None:
    d.linux.store(d.msip_rtos, 4, 1)
    d.wait(51)


def rtos_writes_linux(d: Driver) -> None:
    d.rtos.store(d.board.linux.next_region.base + 0x1000, 4, 1)


def bus_error(d: Driver) -> None:
    d.feed(Kind.LOAD, d.rtos.hart, d.pool, 4, response=2)


# Interrupt lines.


def _line(d: Driver) -> tuple[int, int]:
    """Name of the RTOS's line."""
    return (d.msip_rtos if d.mailbox else d.to_rtos - MESSAGE), 0


def _ring(d: Driver) -> None:
    """Linux rings, with news."""
    d.linux.write(d.tx, PING)
    d.post(1, 0, d.tx, len(PING), 0)
    if d.mailbox:
        d.linux.store(d.words + 0x40, 4, 1)
        d.linux.store(d.msip_rtos, 4, 1)
    else:
        d.linux.store(d.to_rtos, 4, 1)


def line_missing(d: Driver) -> None:
    _ring(d)
    d.wait(1)


def line_without_cause(d: Driver) -> None:
    d.line(_line(d), True)
    d.wait(1)


def line_lost(d: Driver) -> None:
    _ring(d)
    d.line(_line(d), True)
    if d.mailbox:
        d.rtos.store(d.msip_rtos, 4, 0)
        d.linux.store(d.msip_rtos, 4, 1)
    else:
        d.rtos.load(d.to_rtos, 4, 1)
        d.rtos.store(d.to_rtos - MESSAGE + STATUS_CLEAR, 4, 1)
        d.linux.store(d.to_rtos, 4, 1)
    d.line(_line(d), False)
    d.wait(1)


LINE_FAULTS: dict[str, Fault] = {
    "line-missing": line_missing,
    "line-without-cause": line_without_cause,
    "line-lost": line_lost,
}

KICK_FAULTS: dict[str, Fault] = {
    "kick-without-publish": lambda d: d.kick_linux(0),
    "kick-missing": no_kick,
    "memory-bus-error": bus_error,
    "memory-foreign-write": rtos_writes_linux,
}

MAILBOX_FAULTS: dict[str, Fault] = {
    "mailbox-wrong-side": lambda d: d.rtos.store(d.words + 0x40, 4, 1),
    "mailbox-value": lambda d: d.linux.store(d.words + 0x40, 4, 3),
    "mailbox-done-unasked": lambda d: d.rtos.store(d.words + 0x40, 4, 2),
    "mailbox-unanswered": mailbox_busy,
    "ipi-unanswered": ipi_pending,
}

DEVICE_FAULTS: dict[str, Fault] = {
    "kick-early": kick_early,
    "msgbox-overflow": overflow,
    "msgbox-empty": lambda d: d.rtos.load(d.to_rtos, 4, 0),
    "msgbox-wrong-side": lambda d: d.rtos.store(d.to_rtos, 4, 0),
    "msgbox-word": lambda d: d.linux.store(d.to_rtos, 4, 5),
    "msgbox-altered": box_altered,
    "msgbox-unanswered": box_unanswered,
    "status-order": status(0, 1, 7),
    "status-bits-cleared": status(5),
    "status-bits-unknown": status(0, 1, 3, 0xB),
    "status-written-by-device": lambda d: d.rtos.store(STATUS, 1, 0),
    "features-not-offered": setting_up(GFEATURES, 3),
    "features-late": lambda d: d.linux.store(GFEATURES, 4, 1),
    "features-offer-changed": setting_up(DFEATURES, 3),
    "table-reserved": again(reserved=1),
    "table-ring-outside-carveout": setting_up(DA[0], 0x813C1000),
    "table-ring-alignment": setting_up(DA[0], 0x813C0010),
    "table-ring-size": again(num=96),
    "table-ring-moved": lambda d: d.linux.store(DA[0], 4, 0x813C0000),
    "table-notify-ids": again(second_id=0),
    "table-written-by-device": lambda d: d.rtos.store(TABLE + 0x20, 4, 0),
}


def recovered(d: Driver) -> None:
    """The RTOS dies with a message before it, Linux resets it much later: no violation."""
    d.linux.write(d.tx, PING)
    d.post(1, 0, d.tx, len(PING), 0)
    d.linux.store(d.to_rtos, 4, 1)
    d.wait(1000)
    d.feed_reset(Kind.STOP, d.rtos.hart)
