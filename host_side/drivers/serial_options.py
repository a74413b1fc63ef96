# SPDX-License-Identifier: Apache-2.0
"""What the kernel command line says of the serial console: port, line settings, log level."""

from __future__ import annotations

import re
from typing import NamedTuple

from host_side.drivers.dw8250_registers import LCR_EPAR, LCR_PARITY, LCR_WLEN8

LOGLEVEL, LOGLEVEL_QUIET, LOGLEVEL_DEBUG = 7, 4, 10
"""The console shows messages of lower levels (CONSOLE_LOGLEVEL_...)."""

_OPTIONS = re.compile(r"(\d*)(.?)(.?)")
_CONSOLE = re.compile(r"console=ttyS(\d+)(?:,(.*))?")


class LineSettings(NamedTuple):
    """Baud rate (bits a second), parity (``n``, ``o``, ``e``) and data bits (7 or 8)."""

    baud: int = 9600
    parity: str = "n"
    bits: int = 8

    @classmethod
    def parse(cls, options: str) -> LineSettings:
        """``115200n8`` (uart_parse_options); what is missing or unknown has its default."""
        match = _OPTIONS.match(options)
        assert match is not None
        baud, parity, bits = match.groups()
        parity = parity.lower()
        return cls(
            int(baud or 0) or cls._field_defaults["baud"],
            parity if parity in ("o", "e") else "n",
            7 if bits == "7" else 8,
        )

    @property
    def lcr(self) -> int:
        """LCR for these settings; even parity is selected even where there is none."""
        lcr = LCR_WLEN8 if self.bits == 8 else LCR_WLEN8 - 1
        if self.parity != "n":
            lcr |= LCR_PARITY
        return lcr if self.parity == "o" else lcr | LCR_EPAR


class ConsoleOptions(NamedTuple):
    """The console's line number (None: no serial console), its settings and the log level."""

    line: int | None
    settings: LineSettings
    loglevel: int

    @classmethod
    def parse(cls, cmdline: str) -> ConsoleOptions:
        """``console=ttyS0,115200n8``, ``quiet``, ``debug`` and ``loglevel=N``; the last wins."""
        line, settings, loglevel = None, LineSettings(), LOGLEVEL
        for word in cmdline.split():
            console = _CONSOLE.fullmatch(word)
            level = re.fullmatch(r"loglevel=(\d+)", word)
            if console:
                line, settings = int(console[1]), LineSettings.parse(console[2] or "")
            elif level:
                loglevel = int(level[1])
            elif word in ("quiet", "debug"):
                loglevel = LOGLEVEL_QUIET if word == "quiet" else LOGLEVEL_DEBUG
        return cls(line, settings, loglevel)
