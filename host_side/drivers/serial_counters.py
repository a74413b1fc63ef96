# SPDX-License-Identifier: Apache-2.0
"""Counters of a serial port, and /proc/tty/driver/serial, which shows them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Counters:
    """struct uart_icount: characters, and line-status errors by kind."""

    rx: int = 0
    tx: int = 0
    frame: int = 0
    parity: int = 0
    brk: int = 0
    overrun: int = 0
    buf_overrun: int = 0

    def __str__(self) -> str:
        """As uart_line_info prints them: errors only when there were any."""
        errors = (
            ("fe", self.frame),
            ("pe", self.parity),
            ("brk", self.brk),
            ("oe", self.overrun),
            ("bo", self.buf_overrun),
        )
        shown = "".join(f" {name}:{count}" for name, count in errors if count)
        return f"tx:{self.tx} rx:{self.rx}{shown}"
