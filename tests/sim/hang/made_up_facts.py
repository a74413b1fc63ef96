# SPDX-License-Identifier: Apache-2.0
"""Facts of a bench on which all is well and nothing happens, to be changed by a test."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sim.hang.facts import Doorbell, Facts, Hart, Ring, Thread

NOW = 90_000_000

READER = Thread("linux", "rpmsg_echo", "waiting", 100, "message", "/dev/rpmsg0", application=True)
ECHO = Thread("rtos", "echo", "waiting", 200, "queue", "rpmsg-lite-queue", ring=1, application=True)


def hart(hart_id: int, side: str, **changes: Any) -> Hart:
    return replace(Hart(hart_id, side, True, 1, (), "idle", "wait"), **changes)


def ring(number: int, **changes: Any) -> Ring:
    """Two messages have passed; Linux has offered two more buffers where it receives."""
    offered = 4 if number == 0 else 2
    taken = 2
    base = Ring(number, 8, offered, 2, offered, 2, taken, avail_ns=300, used_ns=310)
    return replace(base, **changes)


def msip(side: str, **changes: Any) -> Doorbell:
    """Rung at 320, taken at 340, cleared at 330."""
    bell = Doorbell(
        side,
        f"MSIP of hart {4 if side == 'rtos' else 1}",
        0x2000010,
        4 if side == "rtos" else 1,
        "software",
        320,
        1,
        False,
        True,
        False,
        True,
        325,
        330,
        4,
        340,
    )
    return replace(bell, **changes)


def box(side: str, **changes: Any) -> Doorbell:
    """A message box whose word has been read."""
    bell = Doorbell(
        side,
        f"msgbox of {side}",
        0x43033070,
        1,
        "external",
        320,
        1,
        False,
        True,
        False,
        True,
        325,
        heard_ns=335,
        depth=8,
        read_ns=340,
        read_value=1,
        expected=1,
        source={"pending": 0, "in_flight": 0, "priority": 1, "enabled": 1, "threshold": 0},
        irq=144,
    )
    return replace(bell, **changes)


def facts(**changes: Any) -> Facts:
    base = Facts(
        now_ns=NOW,
        progress_ns=400,
        progress="msg_free on hart 4",
        patience_ns=50_000_000,
        threads=(READER, ECHO),
        harts=(hart(1, "linux"), hart(4, "rtos")),
        rings=(ring(0), ring(1)),
        doorbells={"linux": msip("linux"), "rtos": msip("rtos")},
        rtos_kernel=True,
        rtos_link=True,
        rtos_ready=True,
        rtos_handler="",
        rtos_current="tidle0",
        linux_booted=True,
        linux_driver=True,
    )
    return replace(base, **changes)
